"""Movements are found by the day on which they were recorded, for seals: a small index, built beside the work."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('loyalty', '0016_books_under_seal_and_points_by_hand'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='transfer',
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=['recorded_at'], name='loyalty_transfer_recorded', pages_per_range=32
            ),
        ),
    ]
