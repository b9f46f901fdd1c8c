"""A store's paydays, country and time zone are part of its offers' terms: a change of them raises the version."""

from django.db import migrations

SQL = """
CREATE FUNCTION shop_store_raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.offers_version := nextval('loyalty_offers_version_seq');
    RETURN NEW;
END $$;

CREATE TRIGGER shop_store_raises_version BEFORE UPDATE OF paydays, country, time_zone ON shop_store
    FOR EACH ROW WHEN (
        (OLD.paydays, OLD.country, OLD.time_zone) IS DISTINCT FROM (NEW.paydays, NEW.country, NEW.time_zone)
    )
    EXECUTE FUNCTION shop_store_raise_version();
"""

UNDO = """
DROP TRIGGER shop_store_raises_version ON shop_store;
DROP FUNCTION shop_store_raise_version();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0009_personal_windows_and_rewards"),
        ("shop", "0011_store_pricing_settings"),
    ]
    operations = [migrations.RunSQL(SQL, UNDO)]
