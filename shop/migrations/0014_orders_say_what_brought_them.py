"""An order says which partner or customer brought its buyer, and what tells two buyers apart."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0013_store_discount_share'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='address_hash',
            field=models.BinaryField(editable=False, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='card_hash',
            field=models.BinaryField(editable=False, max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='partner',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='partner'),
        ),
        migrations.AddField(
            model_name='order',
            name='referral',
            field=models.CharField(blank=True, db_default='', default='', max_length=16, verbose_name='code of who recommended'),
        ),
    ]
