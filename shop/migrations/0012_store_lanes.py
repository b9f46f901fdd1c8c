"""Each store orders the steps of its price calculation."""

import django.contrib.postgres.fields
from django.db import migrations, models

import shop.models.store_lanes


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0011_store_pricing_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='lane_order',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), db_default=models.Value(['sale', 'card', 'coupon', 'order', 'gifts', 'delivery'], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)), default=shop.models.store_lanes.default_lane_order, editable=False, size=None, verbose_name='order of the steps'),
        ),
        migrations.AddField(
            model_name='store',
            name='lanes_adding',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), blank=True, db_default=models.Value(['order', 'gifts', 'delivery'], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)), default=shop.models.store_lanes.default_lanes_adding, editable=False, size=None, verbose_name='steps in which offers add up'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('lane_order__5', 'delivery'), ('lane_order__contains', models.Value(['sale', 'card', 'coupon', 'order', 'gifts', 'delivery'], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None))), ('lane_order__len', 6)), name='shop_store_lane_order_whole'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('lanes_adding__contained_by', models.Value(['sale', 'card', 'coupon', 'order', 'gifts', 'delivery'], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)))), name='shop_store_lanes_adding_known'),
        ),
    ]
