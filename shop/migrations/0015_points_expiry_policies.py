"""A store says when points end: some days after they became spendable, with the calendar, or after the last purchase."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0014_orders_say_what_brought_them'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='points_expiry',
            field=models.CharField(choices=[('rolling', 'some days after they became spendable'), ('year', 'with the calendar year'), ('quarter', 'with the quarter'), ('sliding', 'some days after the last purchase')], db_default='rolling', default='rolling', help_text='What customers have already keeps its end; each purchase moves it later if you say so.', max_length=8, verbose_name='points end'),
        ),
        migrations.AddField(
            model_name='store',
            name='points_grace_days',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='For example 31: points of 2026 can be spent until the end of January 2027.', verbose_name='days after the end of the year or quarter'),
        ),
        migrations.AddField(
            model_name='store',
            name='points_slide_days',
            field=models.PositiveIntegerField(db_default=365, default=365, help_text='For example 365: whoever buys once a year loses nothing.', verbose_name='days after a purchase'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('points_expiry__in', ['rolling', 'year', 'quarter', 'sliding'])), name='shop_store_points_expiry_known'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('points_grace_days__lte', 3660)), name='shop_store_points_grace_bounded'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('points_slide_days__gte', 1), ('points_slide_days__lte', 3660)), name='shop_store_points_slide_bounded'),
        ),
    ]
