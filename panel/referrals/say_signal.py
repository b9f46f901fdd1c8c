"""Why a reward waits for a person, in words."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from loyalty.referrals.signals import Signal

SAID = {
    Signal.ADDRESS: _("the same delivery address"),
    Signal.DEVICE: _("the same browser"),
    Signal.CARD: _("the same payment card"),
    Signal.EMAIL: _("nearly the same e-mail address"),
    Signal.MANY: _("unusually many friends within an hour"),
}


def say_signals(signals: Iterable[str]) -> list[str]:
    """A signal that this version does not know is shown by its code."""
    known = {str(signal): text for signal, text in SAID.items()}
    return [str(known.get(signal, signal)) for signal in signals]
