"""Orders paid with points, refunds that say what they reversed, and what a store lets points pay."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0007_quiet_hours_and_mail_cap'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='order',
            name='shop_order_adds_up',
        ),
        migrations.AddField(
            model_name='order',
            name='delivery_refunded',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='delivery refunded'),
        ),
        migrations.AddField(
            model_name='order',
            name='points_amount',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='paid with points'),
        ),
        migrations.AddField(
            model_name='order',
            name='points_spent',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='paid with points, points'),
        ),
        migrations.AddField(
            model_name='order',
            name='points_value',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='worth of a point'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='points_amount',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='paid with points'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='points_spent',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='paid with points, points'),
        ),
        migrations.AddField(
            model_name='refund',
            name='delivery',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='of it for delivery'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='points_returned',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='points given back'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='points_taken_back',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='points taken back'),
        ),
        migrations.AddField(
            model_name='store',
            name='points_share_bp',
            field=models.PositiveIntegerField(db_default=5000, default=5000, help_text='In percent, for example 50.', verbose_name='most of the goods paid with points'),
        ),
        migrations.AddField(
            model_name='store',
            name='points_step',
            field=models.PositiveIntegerField(db_default=1, default=1, help_text='For example 100: then 100, 200 or 300 points may be spent, and not 250.', verbose_name='points are spent in steps of'),
        ),
        migrations.AddField(
            model_name='store',
            name='points_value',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="What one point pays, for example 0.01. 0: points pay for nothing.", verbose_name='worth of a point'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('payable', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('goods'), '-', models.F('discount')), '+', models.F('delivery')), '-', models.F('delivery_discount')), '-', models.F('points_amount')))), name='shop_order_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('points_amount', django.db.models.expressions.CombinedExpression(models.F('points_spent'), '*', models.F('points_value'))), ('points_amount__lte', django.db.models.expressions.CombinedExpression(models.F('goods'), '-', models.F('discount'))), ('points_spent__gte', 0), ('points_value__gte', 0)), name='shop_order_points_within_goods'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('delivery_refunded__gte', 0), ('delivery_refunded__lte', django.db.models.expressions.CombinedExpression(models.F('delivery'), '-', models.F('delivery_discount')))), name='shop_order_delivery_refunded_within'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('points_amount__gte', 0), ('points_amount__lte', models.F('total')), ('points_spent__gte', 0)), name='shop_orderline_points_within_total'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('delivery__gte', 0), ('delivery__lte', models.F('amount'))), name='shop_refund_delivery_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('points_returned__gte', 0), ('points_taken_back__gte', 0)), name='shop_refundline_points_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('points_share_bp__lte', 10000)), name='shop_store_points_share_at_most_whole'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('points_step__gte', 1)), name='shop_store_points_step_positive'),
        ),
    ]
