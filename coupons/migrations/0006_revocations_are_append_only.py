"""Revocations and hand-overs are append-only, and stay within their store."""

from django.db import migrations

from shop.migration_sql import append_only, same_store

SQL = "\n".join(
    [
        same_store("coupons_revocation", "coupon_id", "coupons_coupon"),
        same_store("coupons_handover", "source_id", "coupons_coupon"),
        same_store("coupons_handover", "target_id", "coupons_coupon"),
        same_store("coupons_handover", "giver_id", "shop_customer"),
        append_only("coupons_revocation"),
        append_only("coupons_handover"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("coupons", "0005_revocations_and_handovers")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
