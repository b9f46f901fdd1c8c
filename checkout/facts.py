"""What the database knows about the people, things and limits of one cart."""

from datetime import date, datetime

from msgspec import Struct

from shop.models import Product


class CustomerFacts(Struct, frozen=True):
    """`points` is what can be spent; None where nobody asked. So are the others where no offer asks for them.

    `orders` were placed by then and not cancelled, the last one at `last_order_at`. `lists` are the ways by which the
    customer agreed to get marketing, `segments` the codes of those they are in now. `ref` is the customer's own: one
    that was merged into them leads here as well. `tier` is the code of the one they were in, `tier_score` what counted
    towards it.
    """

    id: int
    joined_at: datetime | None
    ref: str = ""
    points: int | None = None
    orders: int = 0
    last_order_at: datetime | None = None
    birth_on: date | None = None
    lists: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tier: str | None = None
    tier_score: int = 0


class VisitorFacts(Struct, frozen=True):
    """A browser, and how often it has come, this visit among them."""

    id: int
    visits: int


class PersonalFacts(Struct, frozen=True):
    """The countdown of one offer for this shopper, in epoch seconds."""

    offer: int
    starts_at: int
    ends_at: int


class CardFacts(Struct, frozen=True):
    """A club card that the customer holds: its plan's code, and what that allows off a line, in basis points."""

    plan: str
    line_limit_bp: int | None


class ProductFacts(Struct, frozen=True, array_like=True):
    """Amounts in minor units; cost is net of tax. `gift_value`: what a gift balance is worth, where that is fixed. The
    fields are columns of the product, but for that and the last."""

    id: int
    sku: str
    name: str
    kind: str
    category: str
    cost: int | None
    tax_bp: int
    is_never_discounted: bool
    lowest_price: int | None
    gift_value: int | None = None
    price: int = 0
    stocked_on: date | None = None
    is_preorder: bool = False
    is_to_be_had: bool = True

    @property
    def is_gift_balance(self) -> bool:
        return self.kind == Product.Kind.GIFT_BALANCE

    @property
    def is_goods(self) -> bool:
        return self.kind == Product.Kind.GOODS


class OwnFacts(Struct, frozen=True):
    """What the cart's own reservation holds, which counts as free for it: uses and money by offer id, uses by coupon
    id, money of gift balances by their account's id. A use of a day is the cart's own on the next day, too. Of the
    customer asked about only: uses per customer and points. `quote` is its id, None where there is none."""

    quote: int | None = None
    uses: dict[int, int] = {}
    day_uses: dict[int, int] = {}
    money: dict[int, int] = {}
    customer_uses: dict[int, int] = {}
    coupons: dict[int, int] = {}
    points: int = 0
    gifts: dict[int, int] = {}


NOTHING_OWN = OwnFacts()


class Facts(Struct, frozen=True):
    """What was found. Limits are by offer id: what is left of them, and how often the customer has used them. A day on
    which nobody has used an offer yet is not in `day_uses_left`.

    `partner`: whose link was the last one followed within 30 days, where an offer asks for it. `lowest` are the
    products' lowest prices of the last 30 days by their ids, where the store shows them. `has_lapsed`: the store has
    holds whose time is over and which nobody has ended yet. `earned` is what earning rules with a cap have given the
    customer in its period, by the rule's code.
    """

    customer: CustomerFacts | None = None
    visitor: VisitorFacts | None = None
    partner: str | None = None
    cart: int | None = None
    products: tuple[ProductFacts, ...] = ()
    lowest: dict[int, int] = {}
    cards: tuple[CardFacts, ...] = ()
    uses_left: dict[int, int] = {}
    day_uses_left: dict[int, int] = {}
    budget_left: dict[int, int] = {}
    customer_uses: dict[int, int] = {}
    personal: tuple[PersonalFacts, ...] = ()
    own: OwnFacts | None = None
    has_lapsed: bool = False
    earned: dict[str, int] = {}

    def by_sku(self) -> dict[str, ProductFacts]:
        return {product.sku: product for product in self.products}
