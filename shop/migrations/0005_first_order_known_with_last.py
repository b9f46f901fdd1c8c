"""A customer's first and last order are known both or not at all: an empty one slipped through the comparison."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_order_content_hash")]
    operations = [
        migrations.RemoveConstraint("customer", "shop_customer_first_before_last"),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=models.Q(first_order_at__isnull=True, last_order_at__isnull=True)
                | models.Q(
                    first_order_at__isnull=False,
                    last_order_at__isnull=False,
                    first_order_at__lte=models.F("last_order_at"),
                ),
                name="shop_customer_first_before_last",
            ),
        ),
    ]
