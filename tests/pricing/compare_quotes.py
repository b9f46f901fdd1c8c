"""What must hold between the quotes of two carts, or of two lists of offers. Each check draws what it needs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from pricing.index import compile_offers
from pricing.pay_by_balances import Balance, pay_by_balances
from pricing.pay_by_points import PointsTerms, pay_by_points
from pricing.price import NEAR, price
from pricing.values import WHOLE_BP, Cart, Lane, Line, Mode, Offer, Quote, Refused, Rules
from tests.pricing.draw_case import (
    NOW,
    draw_cart,
    draw_case,
    draw_offers,
    draw_plain_line,
    draw_settings,
    maybe,
)

ONE_LANE = (Lane("only", Mode.BEST),)
RIVALS_MAX = 8


def quote(cart: Cart, offers: list[Offer], rules: Rules) -> Quote:
    return price(cart, offers, rules, at=NOW)


def the_order_of_offers_and_codes_does_not_matter(random: Random) -> None:
    drawn = draw_case(random)
    shuffled = random.sample(drawn.offers, len(drawn.offers))
    codes = frozenset(sorted(drawn.cart.codes, reverse=True))
    cart = replace(drawn.cart, codes=codes)
    assert quote(cart, shuffled, drawn.rules) == quote(drawn.cart, drawn.offers, drawn.rules)


def the_order_of_lines_moves_tied_units_only(random: Random) -> None:
    """One offer of one benefit: what it takes is the same, and a line differs by left-over units only."""
    cart = distinct(draw_cart(random, draw_plain_line))
    offers = [replace(offer, benefits=offer.benefits[:1]) for offer in draw_offers(random, most=1)]
    rules = draw_settings(random)
    places = random.sample(range(len(cart.lines)), len(cart.lines))
    straight = quote(cart, offers, rules)
    shuffled = quote(replace(cart, lines=tuple(cart.lines[place] for place in places)), offers, rules)
    assert shuffled.payable == straight.payable
    for line, place in zip(shuffled.lines, places, strict=True):
        assert abs(line.discount - straight.lines[place].discount) <= 1


def distinct(cart: Cart) -> Cart:
    """A product once: of two lines of one product it is a tie which of their units is cheaper."""
    lines: dict[str, Line] = {line.sku: line for line in cart.lines}
    return replace(cart, lines=tuple(lines.values()))


def one_more_offer_in_a_best_lane_never_makes_it_dearer(random: Random) -> None:
    cart, offers, rules = draw_one_lane(random, most=RIVALS_MAX)
    if offers:
        assert quote(cart, offers, rules).payable <= quote(cart, offers[:-1], rules).payable


def a_best_lane_is_never_dearer_than_its_best_single_offer(random: Random) -> None:
    cart, offers, rules = draw_one_lane(random, most=14)
    alone = [quote(cart, [offer], rules).payable for offer in offers]
    nothing = quote(cart, [], rules).payable
    assert quote(cart, offers, rules).payable <= min([*alone, nothing])


def draw_one_lane(random: Random, *, most: int) -> tuple[Cart, list[Offer], Rules]:
    offers = draw_offers(random, lanes=("only",), most=most)
    shared = [replace(offer, exclusive=False) for offer in offers]
    return draw_cart(random), shared, replace(draw_settings(random), lanes=ONE_LANE)


def a_card_never_makes_an_order_dearer(random: Random) -> None:
    drawn = draw_case(random)
    rules = replace(
        drawn.rules, exclusive_first=False
    )  # where the store decides, the shopper's best does not
    without = replace(drawn.cart, shopper=replace(drawn.cart.shopper, cards=frozenset()))
    assert quote(drawn.cart, drawn.offers, rules).payable <= quote(without, drawn.offers, rules).payable


def the_index_gives_the_same_quote(random: Random) -> None:
    """Compiled or not; and what is near leaves out refusals, nothing else."""
    drawn = draw_case(random)
    straight = quote(drawn.cart, drawn.offers, drawn.rules)
    index = compile_offers(drawn.offers)
    assert price(drawn.cart, index, drawn.rules, at=NOW) == straight
    near = price(drawn.cart, index, drawn.rules, at=NOW, explain=NEAR)
    assert near._replace(refused=()) == straight._replace(refused=())
    assert is_part(near.refused, straight.refused)
    assert price(drawn.cart, drawn.offers, drawn.rules, at=NOW, explain=NEAR) == near


def is_part(some: Sequence[Refused], all_of_them: Sequence[Refused]) -> bool:
    """In the same order."""
    rest = iter(all_of_them)
    return all(refused in rest for refused in some)


def personal_offers_go_over_the_index(random: Random) -> None:
    """Changed, added and left out beside the index, as if it had been compiled with them."""
    drawn = draw_case(random)
    changed = [
        replace(offer, uses_left=random.randint(0, 1)) for offer in drawn.offers if random.randrange(2)
    ]
    added = [replace(offer, code=f"{offer.code}x") for offer in drawn.offers[:2]]
    codes = {offer.code for offer in drawn.offers if offer.coupon is None and random.randrange(4) == 0}
    out = codes - {offer.code for offer in changed if offer.coupon is None}
    index = compile_offers(drawn.offers).with_personal([*changed, *added], out)
    replaced = {(offer.code, offer.coupon) for offer in changed}
    kept = [offer for offer in drawn.offers if (offer.code, offer.coupon) not in replaced]
    plain = [offer for offer in kept if offer.coupon is not None or offer.code not in out]
    straight = quote(drawn.cart, [*plain, *changed, *added], drawn.rules)
    assert price(drawn.cart, index, drawn.rules, at=NOW) == straight
    near = price(drawn.cart, index, drawn.rules, at=NOW, explain=NEAR)
    assert near._replace(refused=()) == straight._replace(refused=())


def an_offer_for_nobody_changes_nothing(random: Random) -> None:
    drawn = draw_case(random)
    stranger = Offer("stranger", "sale", drawn.offers[0].benefits if drawn.offers else (), holder="nobody")
    with_it = quote(drawn.cart, [*drawn.offers, stranger], drawn.rules)
    without = quote(drawn.cart, drawn.offers, drawn.rules)
    assert with_it._replace(refused=()) == without._replace(refused=())
    assert [refused for refused in with_it.refused if refused.offer != "stranger"] == list(without.refused)


def points_and_balances_pay_what_is_due_and_no_more(random: Random) -> None:
    drawn = draw_case(random)
    plain = quote(drawn.cart, drawn.offers, drawn.rules)
    terms = PointsTerms(random.randint(1, 9), random.randint(0, WHOLE_BP), random.randint(1, 5))
    asked, available = random.randint(0, 200), random.randint(0, 200)
    by_points = pay_by_points(plain, drawn.cart, drawn.rules, terms, asked=asked, available=available)
    balances = [Balance(code, random.randint(0, 200), maybe(random, 1, 3)) for code in ("x", "y", "z")]
    paid = pay_by_balances(by_points, drawn.cart, balances)
    assert paid.points_spent <= min(asked, available)
    assert paid.points_spent % terms.step == 0
    assert plain.payable == paid.payable + paid.points_amount + paid.balance_amount
    assert (
        paid.points_amount
        == sum(line.points_amount for line in paid.lines)
        == paid.points_spent * terms.value
    )
    of_lines = sum(line.balance_amount for line in paid.lines)
    assert (
        paid.balance_amount
        == of_lines + paid.delivery_balance_amount
        == sum(part.amount for part in paid.balances)
    )
    for line, quoted in zip(drawn.cart.lines, paid.lines, strict=True):
        assert min(quoted.points_amount, quoted.balance_amount) >= 0
        assert quoted.points_amount + quoted.balance_amount <= quoted.net
        assert not (line.no_points and (quoted.points_amount or quoted.balance_amount))
    assert 0 <= paid.delivery_balance_amount <= paid.delivery
    assert paid.points_to_earn == sum(line.points_to_earn for line in paid.lines) <= plain.points_to_earn


COMPARISONS: tuple[Callable[[Random], None], ...] = (
    the_order_of_offers_and_codes_does_not_matter,
    the_order_of_lines_moves_tied_units_only,
    one_more_offer_in_a_best_lane_never_makes_it_dearer,
    a_best_lane_is_never_dearer_than_its_best_single_offer,
    a_card_never_makes_an_order_dearer,
    the_index_gives_the_same_quote,
    personal_offers_go_over_the_index,
    an_offer_for_nobody_changes_nothing,
    points_and_balances_pay_what_is_due_and_no_more,
)
