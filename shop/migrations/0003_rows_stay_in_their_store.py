"""Composite foreign keys: a row's customer, cart, product or order is of the row's own store. Consents are append-only."""

from django.db import migrations

from shop.migration_sql import append_only, same_store

SQL = "\n".join(
    [
        same_store("shop_person", "customer_id", "shop_customer"),
        same_store("shop_consent", "customer_id", "shop_customer"),
        same_store("shop_visitor", "customer_id", "shop_customer"),
        same_store("shop_cart", "customer_id", "shop_customer"),
        same_store("shop_cart", "visitor_id", "shop_visitor"),
        same_store("shop_order", "customer_id", "shop_customer"),
        same_store("shop_order", "visitor_id", "shop_visitor"),
        same_store("shop_order", "cart_id", "shop_cart"),
        same_store("shop_refund", "order_id", "shop_order"),
        same_store("shop_refund", "customer_id", "shop_customer"),
        append_only("shop_consent"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_activity_by_month")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
