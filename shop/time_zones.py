"""Time zone names, checked against the system's and the wheel's zone data."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA zone."""
    if name not in available_timezones():
        raise ValidationError(
            _("There is no time zone “%(name)s”. Give one like Europe/London."), params={"name": name}
        )
