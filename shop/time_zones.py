"""Time zone names, checked against the system's and the wheel's zone data."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA zone."""
    if not is_time_zone(name):
        raise ValidationError(
            _("There is no time zone “%(name)s”. Give one like Europe/London."), params={"name": name}
        )


def is_time_zone(name: str) -> bool:
    """Whether `name` is an IANA zone."""
    return name in _known()


@cache
def _known() -> frozenset[str]:
    """Read once a process: listing them walks the system's folders."""
    return frozenset(available_timezones())
