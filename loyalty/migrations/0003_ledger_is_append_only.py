"""Transfers and discounts are append-only, move one asset, and stay within their store."""

from django.db import migrations

from shop.migration_sql import append_only, same_store

SQL = "\n".join(
    [
        same_store("loyalty_account", "customer_id", "shop_customer"),
        same_store("loyalty_transfer", "source_id", "loyalty_account"),
        same_store("loyalty_transfer", "target_id", "loyalty_account"),
        same_store("loyalty_transfer", "order_id", "shop_order"),
        same_store("loyalty_discount", "order_id", "shop_order"),
        """
        ALTER TABLE loyalty_transfer
            ADD CONSTRAINT loyalty_transfer_source_one_asset
                FOREIGN KEY (source_id, asset) REFERENCES loyalty_account (id, asset),
            ADD CONSTRAINT loyalty_transfer_target_one_asset
                FOREIGN KEY (target_id, asset) REFERENCES loyalty_account (id, asset);
        """,
        append_only("loyalty_transfer"),
        append_only("loyalty_discount"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial"), ("shop", "0003_rows_stay_in_their_store")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
