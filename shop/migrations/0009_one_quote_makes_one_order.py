"""An order names the quote that it was made of, and no other order names the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_points_as_payment_and_reversals")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="quote_key",
            field=models.UUIDField(editable=False, null=True, verbose_name="its quote"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("quote_key__isnull", False)),
                fields=("store", "quote_key"),
                name="shop_order_quote_once",
            ),
        ),
    ]
