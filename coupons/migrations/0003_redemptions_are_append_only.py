"""Redemptions are append-only; coupons, campaigns and redemptions stay within their store."""

from django.db import migrations

from shop.migration_sql import append_only, same_store

SQL = "\n".join(
    [
        same_store("coupons_couponcampaign", "offer_id", "loyalty_offer"),
        same_store("coupons_coupon", "campaign_id", "coupons_couponcampaign"),
        same_store("coupons_coupon", "customer_id", "shop_customer"),
        same_store("coupons_redemption", "coupon_id", "coupons_coupon"),
        same_store("coupons_redemption", "campaign_id", "coupons_couponcampaign"),
        same_store("coupons_redemption", "order_id", "shop_order"),
        same_store("coupons_redemption", "customer_id", "shop_customer"),
        append_only("coupons_redemption"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("coupons", "0001_initial"), ("loyalty", "0003_ledger_is_append_only")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
