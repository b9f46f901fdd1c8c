"""Nothing changes in the database: the moment is now given by whoever starts a campaign."""

from typing import ClassVar

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("coupons", "0006_revocations_are_append_only")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="couponcampaign",
            name="created_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, editable=False, verbose_name="added"
            ),
        ),
    ]
