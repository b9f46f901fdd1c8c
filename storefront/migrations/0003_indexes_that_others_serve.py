"""Columns by which other indexes of the same table begin, or by which nobody looks, need none of their own: each index is
written to by every order."""

import django.db.models.deletion
from django.db import migrations, models

# Named by the framework: (index, table, column).
INDEXES = (
    ('storefront_idempotentrequest_store_id_f1bfb11f', 'storefront_idempotentrequest', 'store_id'),
)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('shop', '0019_indexes_that_others_serve'),
        ('storefront', '0002_counters_of_limits'),
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
                    model_name='idempotentrequest',
                    name='store',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store'),
                ),
            ]
        ),
    ]
