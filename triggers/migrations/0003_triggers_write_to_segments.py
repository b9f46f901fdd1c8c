"""A trigger may write to some segments only."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("triggers", "0002_delivery_by_month")]

    operations = [
        migrations.AddField(
            model_name="trigger",
            name="segments",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40),
                blank=True,
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                default=list,
                help_text="Whoever is in none of the ticked ones at the moment of sending gets no mail. Nothing ticked: everybody.",
                size=100,
                verbose_name="only for segments",
            ),
        ),
    ]
