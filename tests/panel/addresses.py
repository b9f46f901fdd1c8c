"""An address for each of the panel's routes, with rows of one store in it."""

from django.urls import reverse

from config.access import ROUTES, By
from loyalty.models import Offer
from shop.models import Heartbeat
from tests.factories.moments import AT
from tests.panel.world import World

OF_ALL_OFFERS = {
    "panel:offers",
    "panel:offer_new",
    "panel:offer_preview",
    "panel:offer_products",
    "panel:offer_calendar",
}
# Routes that name a row by its code, and which one.
BY_CODE = {
    "panel:earning_edit": "loyalty.earningrule",
    "panel:earning_stop": "loyalty.earningrule",
    "panel:stamp_card": "loyalty.stampcard",
    "panel:segment": "loyalty.segment",
    "panel:segment_edit": "loyalty.segment",
    "panel:segment_preview_of": "loyalty.segment",
    "panel:segment_list": "loyalty.segment",
    "panel:segment_archive": "loyalty.segment",
    "panel:segment_members_csv": "loyalty.segment",
    "panel:card_plan": "clubcards.cardplan",
    "panel:partner": "loyalty.partner",
    "panel:partner_edit": "loyalty.partner",
    "panel:partner_link": "loyalty.partner",
    "panel:partner_statement": "loyalty.partner",
}
PAGES = ("changelist", "add", "change", "delete", "history")


def panel_routes() -> list[str]:
    """Routes that people's roles open."""
    return sorted(name for name, access in ROUTES.items() if access.by is By.ROLE)


def address(route: str, world: World) -> str:
    page = route.rpartition("_")[2]
    if route.startswith("admin:") and "_" in route and page in PAGES and route != "admin:password_change":
        app, _, model = route.removeprefix("admin:").removesuffix(f"_{page}").partition("_")
        return reverse(route, args=[] if page in ("changelist", "add") else [_key(f"{app}.{model}", world)])
    if route.startswith("panel:campaign") and route != "panel:campaigns":
        return reverse(route, args=[world.campaign.code])
    if route.startswith("panel:offer") and route not in OF_ALL_OFFERS:
        return reverse(route, args=[Offer.objects.get(pk=_key("loyalty.offer", world)).code])
    if route in BY_CODE:
        return reverse(route, args=[getattr(world.rows[BY_CODE[route]], "code")])  # noqa: B009  of any model
    numbers = {
        "panel:customer": world.customer.pk,
        "panel:merge": world.customer.pk,
        "panel:merge_undo": world.rows["checkout.merge"].pk,
        "panel:export": world.customer.pk,
        "panel:erase": world.customer.pk,
        "panel:card_give": world.customer.pk,
        "panel:tier_give": world.customer.pk,
        "panel:tier_take_back": world.customer.pk,
        "panel:correct_points": world.customer.pk,
        "panel:move_points": world.customer.pk,
        "panel:correction_decide": world.rows["shop.approval"].pk,
        "panel:card_end": world.rows["clubcards.membership"].pk,
        "panel:order": world.order.pk,
        "panel:gift_balance": world.rows["coupons.giftbalance"].pk,
        "panel:gift_balance_take_back": world.rows["coupons.giftbalance"].pk,
        "panel:take_cancel": world.rows["loyalty.cataloguetake"].pk,
        "panel:take_hand_over": world.rows["loyalty.cataloguetake"].pk,
        "panel:referral_review": world.rows["loyalty.reviewcase"].pk,
        "panel:partner_payouts": "2026-10",
        "panel:import": world.job.pk,
        "panel:import_bad_rows": world.job.pk,
        "panel:mail": "nothing",
        "admin:app_list": "shop",
    }
    if route == "admin:view_on_site":
        return reverse(route, args=[1, 1])
    return reverse(route, args=[numbers[route]] if route in numbers else [])


def _key(label: str, world: World) -> int:
    if label == "shop.heartbeat":  # belongs to no store
        return int(Heartbeat.objects.get_or_create(name="tick", defaults={"at": AT})[0].pk)
    return int(world.rows[label].pk)
