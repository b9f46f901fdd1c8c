"""What shops differ in when offers are counted, their days, and lines that are gifts or pre-orders."""

import django.contrib.postgres.fields
import shop.countries
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0010_a_return_may_undo_an_offer'),
    ]

    operations = [
        migrations.AddField(
            model_name='orderline',
            name='is_gift',
            field=models.BooleanField(db_default=False, default=False, verbose_name='gift of an offer'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='points_to_earn',
            field=models.PositiveBigIntegerField(blank=True, null=True, verbose_name='points promised'),
        ),
        migrations.AddField(
            model_name='product',
            name='is_preorder',
            field=models.BooleanField(db_default=False, default=False, help_text='It can be ordered before it is there: offers for pre-orders count it.', verbose_name='pre-order'),
        ),
        migrations.AddField(
            model_name='store',
            name='cancel_returns_use',
            field=models.BooleanField(db_default=True, default=True, help_text='Ticked: after a cancelled order the same coupon can be used again.', verbose_name='cancelling gives coupons back'),
        ),
        migrations.AddField(
            model_name='store',
            name='country',
            field=models.CharField(blank=True, db_default='', help_text='Two letters, for example GB: its public holidays count for offers. Empty: no holidays.', max_length=2, validators=[shop.countries.validate_country], verbose_name='country'),
        ),
        migrations.AddField(
            model_name='store',
            name='exclusive_first',
            field=models.BooleanField(db_default=False, default=False, help_text='Unticked: it is taken only where the customer pays less with it than with all others together.', verbose_name='an exclusive offer always wins'),
        ),
        migrations.AddField(
            model_name='store',
            name='leftover',
            field=models.CharField(choices=[('largest', 'the line that lost the largest fraction'), ('first', 'the first line'), ('last', 'the last line')], db_default='largest', default='largest', help_text='10.00 off three lines of one price are 3.34, 3.33 and 3.33: which line gets the 3.34?', max_length=8, verbose_name='a cent that can not be shared'),
        ),
        migrations.AddField(
            model_name='store',
            name='multiplier_cap_bp',
            field=models.PositiveIntegerField(blank=True, help_text='Double and triple points together make fourfold. For example 3: never more than threefold. Empty: no cap.', null=True, verbose_name='most points at once'),
        ),
        migrations.AddField(
            model_name='store',
            name='paydays',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None)), default=list, help_text='Days of the month on which your customers are paid, separated by commas, for example 10, 25. In a shorter month 31 is its last day.', size=31, verbose_name='paydays'),
        ),
        migrations.AddField(
            model_name='store',
            name='reuses_units',
            field=models.BooleanField(db_default=True, default=True, help_text='Ticked: a mug on sale may also count for “3 for 2”. Unticked: a unit that one offer has used is left out of the next. An offer may say otherwise for itself.', verbose_name='offers may add up on one unit'),
        ),
        migrations.AddField(
            model_name='store',
            name='rounding',
            field=models.CharField(choices=[('half_up', 'half a cent and more: up'), ('down', 'always down')], db_default='half_up', default='half_up', help_text='A tenth of 0.75 is 0.075: a discount of 0.08, or of 0.07.', max_length=8, verbose_name='fractions of a cent in a discount'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('is_gift', False), ('total', 0), _connector='OR'), name='shop_orderline_gift_costs_nothing'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('rounding__in', ['half_up', 'down'])), name='shop_store_rounding_known'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('leftover__in', ['largest', 'first', 'last'])), name='shop_store_leftover_known'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('multiplier_cap_bp__isnull', True), ('multiplier_cap_bp__gte', 10000), _connector='OR'), name='shop_store_multiplier_cap_at_least_once', violation_error_message='Type how many times, 1 or more, for example 3.'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('paydays__contained_by', models.Value([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None))), ('paydays__len__lte', 31)), name='shop_store_paydays_of_month', violation_error_message='Paydays are days of the month: 1 to 31.'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('country__regex', '^([A-Z]{2})?$')), name='shop_store_country_is_iso'),
        ),
    ]
