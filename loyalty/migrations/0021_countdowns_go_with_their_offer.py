"""A countdown is still never changed, but may go once its offer is archived, which is for good."""

from django.db import migrations

KEPT_WHILE_IT_MAY_RUN = """
CREATE FUNCTION loyalty_keep_countdown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM loyalty_offer WHERE id = OLD.offer_id AND status = 'archived') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'loyalty_personalwindow is kept while its offer may run' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER loyalty_personalwindow_append_only ON loyalty_personalwindow;
CREATE TRIGGER loyalty_personalwindow_never_changes BEFORE UPDATE ON loyalty_personalwindow
    FOR EACH ROW EXECUTE FUNCTION shop_refuse_change();
CREATE TRIGGER loyalty_personalwindow_kept BEFORE DELETE ON loyalty_personalwindow
    FOR EACH ROW EXECUTE FUNCTION loyalty_keep_countdown();
"""
KEPT_FOR_EVER = """
DROP TRIGGER loyalty_personalwindow_kept ON loyalty_personalwindow;
DROP TRIGGER loyalty_personalwindow_never_changes ON loyalty_personalwindow;
DROP FUNCTION loyalty_keep_countdown();
CREATE TRIGGER loyalty_personalwindow_append_only BEFORE UPDATE OR DELETE ON loyalty_personalwindow
    FOR EACH ROW EXECUTE FUNCTION shop_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [("loyalty", "0020_uses_per_day")]

    operations = [migrations.RunSQL(KEPT_WHILE_IT_MAY_RUN, KEPT_FOR_EVER)]
