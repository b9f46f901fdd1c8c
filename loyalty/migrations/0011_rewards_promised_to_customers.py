"""Rewards that belong to a customer instead of an order: issued by a job, once per key."""

import django.db.models.deletion
from django.db import migrations, models

from shop.migration_sql import same_store

SQL = same_store("loyalty_reward", "customer_id", "shop_customer")


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0010_days_raise_the_version'),
        ('shop', '0013_store_discount_share'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reward',
            name='loyalty_reward_kind_whole',
        ),
        migrations.AddField(
            model_name='reward',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='shop.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='reward',
            name='due_at',
            field=models.DateTimeField(null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='reward',
            name='item',
            field=models.CharField(blank=True, db_default='', max_length=64, verbose_name='gift or card'),
        ),
        migrations.AddField(
            model_name='reward',
            name='key',
            field=models.CharField(blank=True, db_default='', max_length=80, verbose_name='key'),
        ),
        migrations.AddField(
            model_name='reward',
            name='refusal',
            field=models.CharField(blank=True, db_default='', max_length=40, verbose_name='not given because'),
        ),
        migrations.AlterField(
            model_name='reward',
            name='kind',
            field=models.CharField(choices=[('points', 'points'), ('coupon', 'coupon for the next order'), ('gift', 'gift'), ('card', 'club card')], max_length=8, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='reward',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='shop.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='reward',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='loyalty.offerversion', verbose_name='offer'),
        ),
        migrations.AddIndex(
            model_name='reward',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('granted_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['due_at', 'id'], name='loyalty_reward_due'),
        ),
        migrations.AddIndex(
            model_name='reward',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', 'id'], name='loyalty_reward_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('store', 'key'), name='loyalty_reward_key_once'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', True), ('due_at__isnull', True), ('key', ''), ('order__isnull', False), ('version__isnull', False)), models.Q(('customer__isnull', False), ('due_at__isnull', False), ('order__isnull', True), ('version__isnull', True), models.Q(('key', ''), _negated=True)), _connector='OR'), name='loyalty_reward_of_one'),
        ),
        migrations.AddConstraint(
            model_name='reward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('campaign', ''), ('item', ''), ('kind', 'points'), ('order__isnull', False)), models.Q(('item', ''), ('kind', 'coupon'), models.Q(('campaign', ''), _negated=True)), models.Q(('campaign', ''), ('kind__in', ['gift', 'card']), ('order__isnull', True), models.Q(('item', ''), _negated=True)), _connector='OR'), name='loyalty_reward_kind_whole'),
        ),
        migrations.RunSQL(SQL, migrations.RunSQL.noop),
    ]
