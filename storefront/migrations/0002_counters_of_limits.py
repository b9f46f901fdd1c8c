"""Counters of limits, for the time that Valkey is away."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('storefront', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ThrottleCount',
            fields=[
                ('key', models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name='key')),
                ('used', models.BigIntegerField(verbose_name='used')),
                ('ends_at', models.DateTimeField(verbose_name='counts until')),
            ],
            options={
                'verbose_name': 'counter of a limit',
                'verbose_name_plural': 'counters of limits',
                'indexes': [models.Index(fields=['ends_at'], name='storefront_throttle_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('used__gte', 0)), name='storefront_throttlecount_not_negative')],
            },
        ),
    ]
