"""An order names the quote that it was made of, and no other order names the same."""

from django.db import migrations, models

# Made while orders go on being written; outside a transaction, as PostgreSQL asks for it.
INDEX = """
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS shop_order_quote_once ON shop_order (store_id, quote_key)
WHERE quote_key IS NOT NULL
"""
NO_INDEX = "DROP INDEX CONCURRENTLY IF EXISTS shop_order_quote_once"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0008_points_as_payment_and_reversals")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="quote_key",
            field=models.UUIDField(editable=False, null=True, verbose_name="its quote"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(INDEX, NO_INDEX)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="order",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("quote_key__isnull", False)),
                        fields=("store", "quote_key"),
                        name="shop_order_quote_once",
                    ),
                ),
            ],
        ),
    ]
