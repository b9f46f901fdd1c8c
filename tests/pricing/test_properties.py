"""What must hold for every cart, whatever the offers."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pricing.basket import least_price
from pricing.benefits import AmountOff, PercentOff
from pricing.cards import plans_of
from pricing.price import price
from pricing.values import WHOLE_BP, Cart, Lane, Line, Mode, Offer, Rules
from tests.pricing.strategies import NOW, calmly, carts, offer_lists, plain_lines, rates, rules


@calmly
@given(carts, offer_lists(), rules)
def test_every_sum_is_exact(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    quote = price(cart, offers, rules, at=NOW)
    for line in quote.lines:
        assert line.gross - line.discount == line.net
        assert sum(part.amount for part in line.discounts) == line.discount
    assert quote.goods == sum(line.unit_price * line.quantity for line in cart.lines)
    assert quote.discount == sum(line.discount for line in quote.lines)
    assert quote.payable == quote.goods - quote.discount + quote.delivery
    assert quote.points_to_earn == sum(line.points_to_earn for line in quote.lines)
    off_delivery = sum(offer.delivery for offer in quote.applied)
    assert quote.delivery == cart.delivery - off_delivery
    assert sum(offer.amount for offer in quote.applied) == quote.discount + off_delivery


@calmly
@given(carts, offer_lists(), rules)
def test_what_an_offer_took_is_the_sum_of_its_lines(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    quote = price(cart, offers, rules, at=NOW)
    for applied in quote.applied:
        parts = [part for line in quote.lines for part in line.discounts if part.offer == applied.offer]
        assert applied.amount == sum(part.amount for part in parts) + applied.delivery


@calmly
@given(carts, offer_lists(), rules)
def test_nothing_is_ever_negative(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    quote = price(cart, offers, rules, at=NOW)
    assert min(quote.payable, quote.delivery, quote.discount, quote.points_to_earn) >= 0
    assert all(line.net >= 0 and line.discount >= 0 and line.points_to_earn >= 0 for line in quote.lines)
    assert all(part.amount > 0 for line in quote.lines for part in line.discounts)
    assert all(offer.amount > 0 and offer.delivery >= 0 and offer.capped >= 0 for offer in quote.applied)


@calmly
@given(carts, offer_lists(), rules)
def test_every_offer_is_applied_or_refused_exactly_once(
    cart: Cart, offers: list[Offer], rules: Rules
) -> None:
    quote = price(cart, offers, rules, at=NOW)
    decided = [offer.offer for offer in quote.applied]
    decided += [refused.offer for refused in quote.refused if refused.offer]
    assert sorted(decided) == sorted(offer.code for offer in offers)
    unknown = [refused.coupon for refused in quote.refused if not refused.offer]
    assert unknown == sorted(cart.codes - {offer.coupon for offer in offers})


@calmly
@given(carts, offer_lists(), rules, st.data())
def test_the_order_of_offers_does_not_matter(
    cart: Cart, offers: list[Offer], rules: Rules, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(offers))
    assert price(cart, shuffled, rules, at=NOW) == price(cart, offers, rules, at=NOW)


@calmly
@given(st.lists(plain_lines, max_size=6), rates, st.integers(1, 500), st.data())
def test_the_order_of_lines_moves_tied_units_only(
    lines: list[Line], rate_bp: int, amount: int, data: st.DataObject
) -> None:
    offers = [Offer("percent", "sale", (PercentOff(rate_bp),)), Offer("sum", "order", (AmountOff(amount),))]
    places = data.draw(st.permutations(range(len(lines))))
    straight = price(Cart(tuple(lines)), offers[:1], Rules(), at=NOW)
    shuffled = price(Cart(tuple(lines[place] for place in places)), offers[:1], Rules(), at=NOW)
    assert shuffled.payable == straight.payable
    for line, place in zip(shuffled.lines, places, strict=True):
        assert abs(line.discount - straight.lines[place].discount) <= 1
    both = [
        price(Cart(tuple(order)), offers, Rules(), at=NOW).payable
        for order in (lines, [lines[place] for place in places])
    ]
    assert both[0] == both[1]


@calmly
@given(carts, offer_lists(), rules)
def test_no_cap_is_ever_crossed(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    quote = price(cart, offers, rules, at=NOW)
    for line, quoted in zip(cart.lines, quote.lines, strict=True):
        assert quoted.net >= least_price(line)
        if rules.line_cap_bp is not None:
            assert quoted.discount * WHOLE_BP <= quoted.gross * rules.line_cap_bp
        if rules.margin_floor_bp is not None and line.cost is not None and quoted.discount:
            kept = quoted.net * (WHOLE_BP - rules.margin_floor_bp)
            assert kept >= line.cost * line.quantity * (WHOLE_BP + line.tax_bp)


@calmly
@given(carts, offer_lists())
def test_without_caps_nothing_is_reported_as_capped(cart: Cart, offers: list[Offer]) -> None:
    quote = price(cart, offers, Rules(), at=NOW)
    assert not any(offer.capped or offer.capped_by for offer in quote.applied)
    assert not any(refused.capped_by for refused in quote.refused)


@calmly
@given(carts, offer_lists(lanes=("only",), most=8))
def test_one_more_offer_in_a_best_lane_never_makes_it_dearer(cart: Cart, offers: list[Offer]) -> None:
    rules = Rules(lanes=(Lane("only", Mode.BEST),))
    if offers:
        with_all = price(cart, offers, rules, at=NOW).payable
        assert with_all <= price(cart, offers[:-1], rules, at=NOW).payable


@calmly
@given(carts, offer_lists(lanes=("only",), most=14))
def test_a_best_lane_is_never_dearer_than_its_best_single_offer(cart: Cart, offers: list[Offer]) -> None:
    rules = Rules(lanes=(Lane("only", Mode.BEST),))
    alone = [price(cart, [offer], rules, at=NOW).payable for offer in offers]
    assert price(cart, offers, rules, at=NOW).payable <= min(
        alone, default=price(cart, [], rules, at=NOW).payable
    )


@calmly
@given(carts, offer_lists(), rules)
def test_an_offer_never_passes_its_budget(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    budgets = {offer.code: offer.budget_left for offer in offers}
    for applied in price(cart, offers, rules, at=NOW).applied:
        budget = budgets[applied.offer]
        assert budget is None or applied.amount <= budget


@calmly
@given(carts, offer_lists(), rules)
def test_an_exclusive_offer_stands_alone(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    exclusive = {offer.code for offer in offers if offer.exclusive}
    applied = [offer.offer for offer in price(cart, offers, rules, at=NOW).applied]
    assert len(applied) == 1 or exclusive.isdisjoint(applied)


@calmly
@given(carts, offer_lists(), rules)
def test_a_card_never_makes_an_order_dearer(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    rules = replace(rules, exclusive_first=False)  # where the store decides, the shopper's best does not
    without = replace(cart, shopper=replace(cart.shopper, cards=frozenset()))
    assert price(cart, offers, rules, at=NOW).payable <= price(without, offers, rules, at=NOW).payable


@calmly
@given(carts, offer_lists(lanes=("sale", "card", "coupon", "order", "gifts")), rules)
def test_one_card_counts_in_an_order(cart: Cart, offers: list[Offer], rules: Rules) -> None:
    plans = {offer.code: plans_of(offer, rules) for offer in offers}
    used = [plans[applied.offer] for applied in price(cart, offers, rules, at=NOW).applied]
    cards = [plans for plans in used if plans]
    assert not cards or any(all(plan in plans for plans in cards) for plan in cart.shopper.cards)
