"""Set a partner up and change its terms. Orders keep the terms they were placed with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection

from loyalty.models import Partner, PartnerLink, PartnerProduct, PartnerRate
from shop.find_customer import find_customer
from shop.models import Customer, Product, Store, User
from shop.record import record

LINKS_MAX = 50
TERMS_MAX = 100


class PartnerFault(StrEnum):
    CAMPAIGN_TAKEN = "campaign_taken"  # another partner has it
    CONTACT_UNKNOWN = "contact_unknown"
    PRODUCT_UNKNOWN = "product_unknown"
    PRODUCT_TAKEN = "product_taken"
    LINK_TAKEN = "link_taken"
    TOO_MANY = "too_many"


class PartnerRefused(Exception):
    """`subject` is the sku or the code that was refused."""

    def __init__(self, code: PartnerFault, subject: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.subject = subject


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """What a person decides. `contact` is a customer's reference: personal data stands with them and nowhere else.

    `by_group` and `by_sku` are basis points, by product group and by product.
    """

    name: str
    default_bp: int
    contact: str = ""
    campaign: str = ""
    is_active: bool = True
    by_group: Mapping[str, int] | None = None
    by_sku: Mapping[str, int] | None = None


def keep_partner(store: Store, code: str, terms: PartnerTerms, *, by: User | None, at: datetime) -> Partner:
    """Create or change the partner. Raises PartnerRefused. The caller owns the transaction."""
    assert connection.in_atomic_block, "a partner and its terms are kept together"
    contact = _contact(store, terms.contact)
    if terms.campaign:
        others = Partner.objects.filter(store=store, campaign=terms.campaign).exclude(code=code)
        if others.exists():
            raise PartnerRefused(PartnerFault.CAMPAIGN_TAKEN, terms.campaign)
    partner, _created = Partner.objects.update_or_create(
        store=store,
        code=code,
        defaults={
            "name": terms.name,
            "default_bp": terms.default_bp,
            "contact": contact,
            "campaign": terms.campaign,
            "is_active": terms.is_active,
        },
    )
    _keep_rates(partner, terms.by_group or {})
    _keep_products(partner, terms.by_sku or {})
    record(
        "partner.kept",
        store=store,
        at=at,
        subject=f"partner:{code}",
        data={"default_bp": terms.default_bp, "by": by.pk if by else None},
    )
    return partner


def add_link(partner: Partner, code: str, path: str, *, at: datetime) -> PartnerLink:
    """A link to a page of the store; the same one on a repeat. Raises PartnerRefused."""
    if partner.links.count() >= LINKS_MAX:
        raise PartnerRefused(PartnerFault.TOO_MANY, code)
    link, _created = PartnerLink.objects.get_or_create(
        store_id=partner.store_id, code=code, defaults={"partner": partner, "path": path, "made_at": at}
    )
    if link.partner_id != partner.pk:
        raise PartnerRefused(PartnerFault.LINK_TAKEN, code)
    return link


def _contact(store: Store, ref: str) -> Customer | None:
    if not ref:
        return None
    found = find_customer(store, ref)
    if found is None or found.erased_at is not None:
        raise PartnerRefused(PartnerFault.CONTACT_UNKNOWN, ref)
    return found


def _keep_rates(partner: Partner, by_group: Mapping[str, int]) -> None:
    if len(by_group) > TERMS_MAX:
        raise PartnerRefused(PartnerFault.TOO_MANY)
    PartnerRate.objects.filter(partner=partner).exclude(group__in=by_group).delete()
    for group, rate_bp in sorted(by_group.items()):
        PartnerRate.objects.update_or_create(partner=partner, group=group, defaults={"rate_bp": rate_bp})


def _keep_products(partner: Partner, by_sku: Mapping[str, int]) -> None:
    if len(by_sku) > TERMS_MAX:
        raise PartnerRefused(PartnerFault.TOO_MANY)
    products = {each.sku: each for each in Product.objects.filter(store=partner.store, sku__in=by_sku)}
    PartnerProduct.objects.filter(partner=partner).exclude(product__sku__in=by_sku).delete()
    for sku, rate_bp in sorted(by_sku.items()):
        if sku not in products:
            raise PartnerRefused(PartnerFault.PRODUCT_UNKNOWN, sku)
        theirs = PartnerProduct.objects.filter(product=products[sku]).exclude(partner=partner)
        if theirs.exists():
            raise PartnerRefused(PartnerFault.PRODUCT_TAKEN, sku)
        PartnerProduct.objects.update_or_create(
            product=products[sku],
            defaults={"partner": partner, "store_id": partner.store_id, "rate_bp": rate_bp},
        )
