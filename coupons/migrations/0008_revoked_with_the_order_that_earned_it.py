"""A coupon for the next order is void when the order that earned it is given back."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coupons', '0007_campaigns_begin_at_their_stores_moment'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='revocation',
            name='coupons_revocation_reason_known',
        ),
        migrations.AlterField(
            model_name='revocation',
            name='reason',
            field=models.CharField(choices=[('handed_on', 'handed on to a friend, who got a new code'), ('mistake', 'issued by mistake'), ('abuse', 'misused'), ('request', 'the customer asked for it'), ('refund', 'the order that earned it was given back')], max_length=12, verbose_name='reason'),
        ),
        migrations.AddConstraint(
            model_name='revocation',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['handed_on', 'mistake', 'abuse', 'request', 'refund'])), name='coupons_revocation_reason_known'),
        ),
    ]
