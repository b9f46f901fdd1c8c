"""Carts with a reservation hold points, portion by portion, and uses of an offer before there is an order."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0007_reversals_and_debts'),
        ('shop', '0008_points_as_payment_and_reversals'),
    ]

    operations = [
        migrations.AddField(
            model_name='account',
            name='held',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='held'),
        ),
        migrations.AddField(
            model_name='lot',
            name='held',
            field=models.BigIntegerField(db_default=0, default=0, verbose_name='held'),
        ),
        migrations.AlterField(
            model_name='customeruse',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.order', verbose_name='order'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('held__gte', 0), ('held__lte', models.F('balance'))), name='loyalty_account_held_within_balance'),
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='loyalty_account_owes_only_when_empty',
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('owed', 0), models.Q(('balance', models.F('held')), ('kind', 'customer'), ('owed__gt', 0)), _connector='OR'), name='loyalty_account_owes_only_when_empty'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('held__gte', 0), ('held__lte', models.F('left'))), name='loyalty_lot_held_within_left'),
        ),
    ]
