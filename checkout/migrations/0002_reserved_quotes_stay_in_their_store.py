"""A reserved quote's customer and order are of its own store."""

from django.db import migrations

from shop.migration_sql import same_store

KEPT = "".join(
    [
        same_store("checkout_quote", "customer_id", "shop_customer"),
        same_store("checkout_quote", "order_id", "shop_order"),
    ]
)
FREED = """
ALTER TABLE checkout_quote DROP CONSTRAINT checkout_quote_customer_same_store;
ALTER TABLE checkout_quote DROP CONSTRAINT checkout_quote_order_same_store;
"""


class Migration(migrations.Migration):

    dependencies = [("checkout", "0001_reserved_quotes")]

    operations = [migrations.RunSQL(KEPT, FREED)]
