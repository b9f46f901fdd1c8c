"""Columns by which other indexes of the same table begin, or by which nobody looks, need none of their own: each index is
written to by every order."""

import django.db.models.deletion
from django.db import migrations, models

# Named by the framework: (index, table, column).
INDEXES = (
    ('loyalty_discount_order_id_b2c6c7ab', 'loyalty_discount', 'order_id'),
    ('loyalty_discount_store_id_a140e0e9', 'loyalty_discount', 'store_id'),
    ('loyalty_lotuse_transfer_id_c34d5f58', 'loyalty_lotuse', 'transfer_id'),
    ('loyalty_ruleearning_transfer_id_7933d6b6', 'loyalty_ruleearning', 'transfer_id'),
    ('loyalty_transfer_source_id_daa5bacb', 'loyalty_transfer', 'source_id'),
    ('loyalty_transfer_store_id_88703d8d', 'loyalty_transfer', 'store_id'),
    ('loyalty_transfer_target_id_3b9f5b8e', 'loyalty_transfer', 'target_id'),
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('loyalty', '0025_words_about_people_can_be_erased'),
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
                    model_name='discount',
                    name='order',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='discounts', to='shop.order', verbose_name='order'),
                ),
                migrations.AlterField(
                    model_name='discount',
                    name='store',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store'),
                ),
                migrations.AlterField(
                    model_name='lotuse',
                    name='transfer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lot_uses', to='loyalty.transfer', verbose_name='movement'),
                ),
                migrations.AlterField(
                    model_name='ruleearning',
                    name='transfer',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rule_earnings', to='loyalty.transfer', verbose_name='earned by'),
                ),
                migrations.AlterField(
                    model_name='transfer',
                    name='source',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='outgoing', to='loyalty.account', verbose_name='from'),
                ),
                migrations.AlterField(
                    model_name='transfer',
                    name='store',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store'),
                ),
                migrations.AlterField(
                    model_name='transfer',
                    name='target',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='incoming', to='loyalty.account', verbose_name='to'),
                ),
            ]
        ),
    ]
