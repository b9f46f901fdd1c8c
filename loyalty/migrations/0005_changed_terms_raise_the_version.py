"""Whatever changes a store's terms raises the store's version of offers in the same transaction.

By trigger, since product groups and earning rules are edited in forms and commands of every floor, and a process that
missed one change would go on pricing by the old terms.
"""

from django.db import migrations

SQL = """
CREATE FUNCTION loyalty_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_store SET offers_version = offers_version + 1
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.store_id ELSE NEW.store_id END;
    RETURN NULL;
END $$;

CREATE FUNCTION loyalty_raise_version_of_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_store SET offers_version = offers_version + 1
        WHERE id = (
            SELECT store_id FROM loyalty_offer
                WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.offer_id ELSE NEW.offer_id END
        );
    RETURN NULL;
END $$;

CREATE TRIGGER loyalty_offer_raises_version AFTER INSERT OR UPDATE OR DELETE ON loyalty_offer
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version();
CREATE TRIGGER loyalty_earningrule_raises_version AFTER INSERT OR UPDATE OR DELETE ON loyalty_earningrule
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version();
CREATE TRIGGER shop_productgroup_raises_version AFTER INSERT OR UPDATE OR DELETE ON shop_productgroup
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version();
CREATE TRIGGER loyalty_offerversion_raises_version AFTER INSERT OR UPDATE OR DELETE ON loyalty_offerversion
    FOR EACH ROW EXECUTE FUNCTION loyalty_raise_version_of_offer();
"""

UNDO = """
DROP TRIGGER loyalty_offerversion_raises_version ON loyalty_offerversion;
DROP TRIGGER shop_productgroup_raises_version ON shop_productgroup;
DROP TRIGGER loyalty_earningrule_raises_version ON loyalty_earningrule;
DROP TRIGGER loyalty_offer_raises_version ON loyalty_offer;
DROP FUNCTION loyalty_raise_version_of_offer();
DROP FUNCTION loyalty_raise_version();
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0004_offer_budget")]
    operations = [migrations.RunSQL(SQL, UNDO)]
