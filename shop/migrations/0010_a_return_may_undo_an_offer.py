"""What a store does when a return undoes the condition of an offer, and what a refund kept back for it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0009_one_quote_makes_one_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='refund',
            name='kept_back',
            field=models.BigIntegerField(db_default=0, default=0, help_text='What the rest of the order costs more without what came back. Below 0: of that, given back now.', verbose_name='kept back'),
        ),
        migrations.AddField(
            model_name='store',
            name='return_policy',
            field=models.CharField(choices=[('keep', 'what is kept stays at the price that was paid'), ('reprice', 'what is kept costs what it would have cost alone')], db_default='keep', default='keep', help_text='Delivery was free from £50, and goods for £30 come back from an order of £60. At the price that was paid: the customer gets £30. As it would have cost alone: £30 less the delivery fee. A gift and a discount from an amount go the same way. Whoever gives back everything gets back everything.', max_length=8, verbose_name='when a return undoes an offer'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('return_policy__in', ['keep', 'reprice'])), name='shop_store_return_policy_known'),
        ),
    ]
