"""Deliveries, append-only and partitioned by month; messages stay within their store."""

from django.db import migrations

from shop.migration_sql import append_only, same_store

SQL = """
CREATE SEQUENCE triggers_delivery_id_seq AS bigint;
CREATE TABLE triggers_delivery (
    id bigint NOT NULL DEFAULT nextval('triggers_delivery_id_seq'),
    store_id bigint NOT NULL,
    message_id bigint NOT NULL,
    outcome varchar(12) NOT NULL,
    detail varchar(200) NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CONSTRAINT triggers_delivery_key PRIMARY KEY (store_id, id, at),
    CONSTRAINT triggers_delivery_outcome_known CHECK (outcome IN ('sent', 'failed', 'unknown')),
    CONSTRAINT triggers_delivery_message_same_store
        FOREIGN KEY (store_id, message_id) REFERENCES triggers_message (store_id, id)
) PARTITION BY RANGE (at);
ALTER SEQUENCE triggers_delivery_id_seq OWNED BY triggers_delivery.id;
CREATE INDEX triggers_delivery_of_message ON triggers_delivery (message_id, at);
""" + "\n".join(
    [
        append_only("triggers_delivery"),
        same_store("triggers_trigger", "campaign_id", "coupons_couponcampaign"),
        same_store("triggers_message", "trigger_id", "triggers_trigger"),
        same_store("triggers_message", "customer_id", "shop_customer"),
        same_store("triggers_message", "coupon_id", "coupons_coupon"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("triggers", "0001_initial"),
        ("coupons", "0003_redemptions_are_append_only"),
        ("shop", "0003_rows_stay_in_their_store"),
    ]
    operations = [migrations.RunSQL(SQL, "DROP TABLE triggers_delivery;")]
