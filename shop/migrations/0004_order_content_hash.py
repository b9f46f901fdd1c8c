"""What tells a repeated order from another one under the same reference."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_rows_stay_in_their_store")]
    operations = [
        migrations.AddField(
            model_name="order",
            name="content_hash",
            field=models.BinaryField(max_length=32, null=True),
        ),
    ]
