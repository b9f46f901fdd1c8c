"""Columns by which other indexes of the same table begin, or by which nobody looks, need none of their own: each index is
written to by every order."""

import django.db.models.deletion
from django.db import migrations, models

# Named by the framework: (index, table, column).
INDEXES = (
    ('shop_order_customer_id_f638df20', 'shop_order', 'customer_id'),
    ('shop_order_store_id_b64955cb', 'shop_order', 'store_id'),
    ('shop_orderline_order_id_8ad562c5', 'shop_orderline', 'order_id'),
    ('shop_outbox_store_id_bb9b3aeb', 'shop_outbox', 'store_id'),
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('shop', '0018_customers_may_be_merged'),
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
                    model_name='order',
                    name='customer',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='shop.customer', verbose_name='customer'),
                ),
                migrations.AlterField(
                    model_name='order',
                    name='store',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store'),
                ),
                migrations.AlterField(
                    model_name='orderline',
                    name='order',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='shop.order', verbose_name='order'),
                ),
                migrations.AlterField(
                    model_name='outbox',
                    name='store',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store'),
                ),
            ]
        ),
    ]
