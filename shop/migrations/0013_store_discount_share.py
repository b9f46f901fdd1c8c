"""A store may set how much of its revenue may be sold at a discount before the start page says so."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0012_store_lanes'),
    ]

    operations = [
        migrations.AddField(
            model_name='store',
            name='discount_share_max_bp',
            field=models.PositiveIntegerField(blank=True, help_text="Share of the last 30 days' revenue, in percent, for example 40: above it the start page says so. Empty: no alarm.", null=True, verbose_name='alarm when sold at a discount'),
        ),
        migrations.AddConstraint(
            model_name='store',
            constraint=models.CheckConstraint(condition=models.Q(('discount_share_max_bp__isnull', True), ('discount_share_max_bp__lte', 10000), _connector='OR'), name='shop_store_discount_share_at_most_whole'),
        ),
    ]
