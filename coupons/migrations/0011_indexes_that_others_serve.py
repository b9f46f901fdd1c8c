"""Columns by which other indexes of the same table begin, or by which nobody looks, need none of their own: each index is
written to by every order."""

import django.db.models.deletion
from django.db import migrations, models

# Named by the framework: (index, table, column).
INDEXES = (
    ('coupons_redemption_campaign_id_f8c8d8af', 'coupons_redemption', 'campaign_id'),
    ('coupons_redemption_order_id_b68b1b4b', 'coupons_redemption', 'order_id'),
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('coupons', '0010_new_gift_balances_are_found'),
        ('shop', '0019_indexes_that_others_serve'),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f'DROP INDEX CONCURRENTLY IF EXISTS "{index}"',
                f'CREATE INDEX CONCURRENTLY "{index}" ON "{table}" ("{column}")',
            )
            for index, table, column in INDEXES
        ),
        # What is left of it: the models say so.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='redemption',
                    name='campaign',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='coupons.couponcampaign', verbose_name='campaign'),
                ),
                migrations.AlterField(
                    model_name='redemption',
                    name='order',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='shop.order', verbose_name='order'),
                ),
            ]
        ),
    ]
