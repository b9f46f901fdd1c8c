"""The programme as one reads it aloud."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from coupons.models import CouponCampaign
from loyalty.models import ReferralProgramme
from shop.models import Store
from shop.show_money import show_count, show_share


def say_terms(store: Store, programme: ReferralProgramme) -> str:
    """ "Whoever brings a friend gets 5 % of the friend's first order in points; those before them 2 %." """
    language = get_language() or "en"
    levels = [rate for rate in programme.levels if rate]
    if not levels:
        return _("Nobody earns anything yet: fill in the first level.")
    said = [_say_level(rate, programme, language=language) for rate in levels]
    what = (
        _("the friend's first order")
        if programme.first_order_only
        else ngettext(
            "every order of the friend within %(days)d day",
            "every order of the friend within %(days)d days",
            programme.window_days,
        )
        % {"days": programme.window_days}
    )
    if programme.gives == ReferralProgramme.Gives.COUPON:
        name = _campaign(store, programme.reward_campaign)
        text = _("Whoever brings a friend gets the coupon “%(coupon)s” for %(what)s.") % {
            "coupon": name,
            "what": what,
        }
    else:
        text = _("Whoever brings a friend gets %(reward)s for %(what)s.") % {"reward": said[0], "what": what}
        if said[1:]:
            text += " " + _("Those before them: %(rewards)s.") % {"rewards": ", ".join(said[1:])}
    if programme.friend_campaign:
        friend = _campaign(store, programme.friend_campaign)
        text += " " + _("The friend gets the coupon “%(coupon)s” at once.") % {"coupon": friend}
    return text


def _say_level(rate: int, programme: ReferralProgramme, *, language: str) -> str:
    if programme.unit == ReferralProgramme.Unit.SHARE:
        return _("%(share)s in points") % {"share": show_share(rate, language=language)}
    count = show_count(rate, language=language)
    return ngettext("%(shown)s point", "%(shown)s points", rate) % {"shown": count}


def _campaign(store: Store, code: str) -> str:
    found = CouponCampaign.objects.filter(store=store, code=code).first()
    return found.name if found else code
