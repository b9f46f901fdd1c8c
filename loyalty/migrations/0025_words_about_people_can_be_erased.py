"""What colleagues wrote about a person in their own words can be erased; all else of these rows stays as it is."""

from django.db import migrations

ERASED = "(erased)"
FUNCTION = f"""
CREATE FUNCTION loyalty_refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.reason = '{ERASED}' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def guard(table: str, function: str) -> str:
    return f"""
    DROP TRIGGER {table}_append_only ON {table};
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {function}();
    """


TABLES = ("loyalty_tiergrant", "loyalty_reviewdecision")


class Migration(migrations.Migration):

    dependencies = [("loyalty", "0024_sales_plans")]

    operations = [
        migrations.RunSQL(
            FUNCTION + "".join(guard(table, "loyalty_refuse_change_but_erasure") for table in TABLES),
            "".join(guard(table, "shop_refuse_change") for table in TABLES)
            + "DROP FUNCTION loyalty_refuse_change_but_erasure();",
        )
    ]
