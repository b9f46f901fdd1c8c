"""Carts with a reservation hold money of gift balances too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0002_reserved_quotes_stay_in_their_store'),
        ('loyalty', '0014_gift_balances'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reservation',
            name='checkout_reservation_holds_one_thing',
        ),
        migrations.AddField(
            model_name='reservation',
            name='account',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.account', verbose_name='gift balance'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', True), ('budget__isnull', True), ('coupon__isnull', True), ('customer_use__isnull', True), ('lot__isnull', True), ('offer_use__isnull', False)), models.Q(('account__isnull', True), ('budget__isnull', True), ('coupon__isnull', True), ('customer_use__isnull', False), ('lot__isnull', True), ('offer_use__isnull', True)), models.Q(('account__isnull', True), ('budget__isnull', False), ('coupon__isnull', True), ('customer_use__isnull', True), ('lot__isnull', True), ('offer_use__isnull', True)), models.Q(('account__isnull', True), ('budget__isnull', True), ('coupon__isnull', False), ('customer_use__isnull', True), ('lot__isnull', True), ('offer_use__isnull', True)), models.Q(('account__isnull', True), ('budget__isnull', True), ('coupon__isnull', True), ('customer_use__isnull', True), ('lot__isnull', False), ('offer_use__isnull', True)), models.Q(('account__isnull', False), ('budget__isnull', True), ('coupon__isnull', True), ('customer_use__isnull', True), ('lot__isnull', True), ('offer_use__isnull', True)), _connector='OR'), name='checkout_reservation_holds_one_thing'),
        ),
    ]

