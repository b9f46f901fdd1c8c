"""Gift balances are found by when they were issued, for the mail with the code: looked for every minute."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ("coupons", "0009_gift_balances"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="giftbalance",
            index=models.Index(fields=["store", "issued_at"], name="coupons_giftbalance_issued"),
        ),
    ]
