"""A plan's offers, and a membership's plan and customer, are of the row's own store."""

from django.db import migrations

from shop.migration_sql import same_store

SQL = "\n".join(
    [
        same_store("clubcards_cardplan", "discount_offer_id", "loyalty_offer"),
        same_store("clubcards_cardplan", "delivery_offer_id", "loyalty_offer"),
        same_store("clubcards_membership", "plan_id", "clubcards_cardplan"),
        same_store("clubcards_membership", "customer_id", "shop_customer"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("clubcards", "0001_plans_and_memberships"),
        ("loyalty", "0003_ledger_is_append_only"),
    ]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
