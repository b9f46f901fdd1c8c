"""Countdowns, stored once and for ever, and what offers gave orders beside money off."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import append_only, same_store


SQL = "\n".join(
    [
        same_store("loyalty_personalwindow", "offer_id", "loyalty_offer"),
        same_store("loyalty_personalwindow", "visitor_id", "shop_visitor"),
        same_store("loyalty_personalwindow", "customer_id", "shop_customer"),
        same_store("loyalty_reward", "order_id", "shop_order"),
        append_only("loyalty_personalwindow"),
    ]
)


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0008_points_and_uses_can_be_held'),
        ('shop', '0011_store_pricing_settings'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonalWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='shown first')),
                ('ends_at', models.DateTimeField(verbose_name='ends')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='personal_windows', to='shop.customer', verbose_name='customer')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='personal_windows', to='loyalty.offer', verbose_name='offer')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store')),
                ('visitor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='personal_windows', to='shop.visitor', verbose_name='visitor')),
            ],
            options={
                'verbose_name': 'countdown',
                'verbose_name_plural': 'countdowns',
                'constraints': [models.UniqueConstraint(fields=('visitor', 'offer'), name='loyalty_personalwindow_once_per_visitor'), models.UniqueConstraint(fields=('customer', 'offer'), name='loyalty_personalwindow_once_per_customer'), models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('visitor__isnull', True)), models.Q(('customer__isnull', True), ('visitor__isnull', False)), _connector='OR'), name='loyalty_personalwindow_of_one'), models.CheckConstraint(condition=models.Q(('starts_at__lt', models.F('ends_at'))), name='loyalty_personalwindow_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Reward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('points', 'points'), ('coupon', 'coupon for the next order')], max_length=8, verbose_name='kind')),
                ('campaign', models.CharField(blank=True, max_length=64, verbose_name='coupon campaign')),
                ('granted_at', models.DateTimeField(null=True, verbose_name='given')),
                ('withdrawn_at', models.DateTimeField(null=True, verbose_name='taken back')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='shop.order', verbose_name='order')),
                ('store', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='shop.store', verbose_name='store')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='loyalty.offerversion', verbose_name='offer')),
            ],
            options={
                'verbose_name': 'reward',
                'verbose_name_plural': 'rewards',
                'constraints': [models.UniqueConstraint(fields=('order', 'version', 'kind', 'campaign'), name='loyalty_reward_once'), models.CheckConstraint(condition=models.Q(models.Q(('campaign', ''), ('kind', 'points')), models.Q(('kind', 'coupon'), models.Q(('campaign', ''), _negated=True)), _connector='OR'), name='loyalty_reward_kind_whole')],
            },
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
