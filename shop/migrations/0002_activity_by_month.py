"""Activity, partitioned by month: made by SQL, since Django declares no partitions."""

from django.db import migrations

SQL = """
CREATE FUNCTION shop_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- Makes the partition of `parent` for the month of `moment`, if it is not there. SECURITY DEFINER: the web's role may
-- write facts of any month, but owns no tables.
CREATE FUNCTION shop_make_partition(parent text, moment timestamptz) RETURNS boolean
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
    IF to_regclass(part) IS NOT NULL THEN
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

CREATE SEQUENCE shop_activity_id_seq AS bigint;
CREATE TABLE shop_activity (
    id bigint NOT NULL DEFAULT nextval('shop_activity_id_seq'),
    store_id bigint NOT NULL,
    kind varchar(40) NOT NULL,
    customer_id bigint,
    visitor_id bigint,
    subject varchar(80) NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT shop_activity_key PRIMARY KEY (store_id, id, at),
    CONSTRAINT shop_activity_store FOREIGN KEY (store_id) REFERENCES shop_store (id),
    CONSTRAINT shop_activity_customer_same_store
        FOREIGN KEY (store_id, customer_id) REFERENCES shop_customer (store_id, id),
    CONSTRAINT shop_activity_visitor_same_store
        FOREIGN KEY (store_id, visitor_id) REFERENCES shop_visitor (store_id, id)
) PARTITION BY RANGE (at);
ALTER SEQUENCE shop_activity_id_seq OWNED BY shop_activity.id;
CREATE INDEX shop_activity_newest ON shop_activity (store_id, at DESC, id DESC);
CREATE INDEX shop_activity_of_customer ON shop_activity (customer_id, at DESC);
CREATE TRIGGER shop_activity_append_only BEFORE UPDATE OR DELETE ON shop_activity
    FOR EACH ROW EXECUTE FUNCTION shop_refuse_change();
CREATE TRIGGER shop_activity_no_truncate BEFORE TRUNCATE ON shop_activity
    FOR EACH STATEMENT EXECUTE FUNCTION shop_refuse_change();
"""

UNDO = """
DROP TABLE shop_activity;
DROP FUNCTION shop_make_partition(text, timestamptz);
DROP FUNCTION shop_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
