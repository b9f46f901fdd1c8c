"""Whoever waited for another to make a partition has to see it: to_regclass answers from a cache that the wait does not
renew, so the second look goes to the catalogue itself."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION shop_make_partition(parent text, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    part text := parent || to_char(month, '"_y"YYYY"m"MM');
BEGIN
    IF parent NOT IN ('shop_activity', 'triggers_delivery') THEN
        RAISE EXCEPTION '% has no monthly partitions', parent;
    END IF;
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('shop_make_partition'), hashtext(part));
    IF {made_by_another} THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
    EXECUTE format(
        'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        parent, part, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC'
    );
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION shop_refuse_change()',
        part || '_no_truncate', part
    );
    RETURN true;
END $$;
"""

SEEN = """EXISTS (
        SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = to_regclass(parent) AND relname = part
    )"""


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_first_order_known_with_last")]
    operations = [
        migrations.RunSQL(
            FUNCTION.replace("{made_by_another}", SEEN),
            FUNCTION.replace("{made_by_another}", "to_regclass(part) IS NOT NULL"),
        )
    ]
