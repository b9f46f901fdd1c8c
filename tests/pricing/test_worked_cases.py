"""The price rules as a table. How to read a line: see read_case.py."""

import pytest

from pricing.price import price
from tests.pricing.read_case import describe, read_case

CASES = """
a percent is taken of the whole order
1000 | SALE sale 10% | | SALE 100, pay 900
a percent rounds half up: 0.5 of a minor unit is 1
5 | SALE sale 10% | | SALE 1, pay 4
just under half rounds down
4 | SALE sale 10% | | SALE nothing_left, pay 4
the amount is rounded once on the whole, not line by line (3 x 0.5 is 1.5, so 2 and not 3)
5, 5, 5 | SALE sale 10% | | SALE 2, lines 1 1 0
the remainder goes to the largest fraction, not to the first line
1000, 600, 400 | GIFT order 301 | | lines 151 90 60, pay 1699
lanes follow one another: a coupon's percent is of what the card left
1000 | VIP card 10%, C coupon 15% | | VIP 100, C 135, pay 765
of the original price a coupon takes more
1000 | VIP card 10%, C coupon 15% original | | VIP 100, C 150, pay 750
the order of lanes is the store's, not that of the offers
1000 | C coupon 15%, VIP card 10% | | VIP 100, C 135, pay 765
the handbook's floor: what was applied last loses first
1000 cost=880 | VIP card 10%, C coupon 15% | floor=0% | VIP 100, C 20 by margin_floor, pay 880
an offer cut to nothing is refused
1000 cost=900 | VIP card 10%, C coupon 15% | floor=0% | VIP 100, C capped_to_zero, pay 900
one minor unit of room is a discount
1000 cost=899 | VIP card 10%, C coupon 15% | floor=0% | VIP 100, C 1 by margin_floor, pay 899
a floor of 20 % on a net cost of 500 with 20 % tax is 750
1000 cost=500 tax=20% | C coupon 50% | floor=20% | C 250 by margin_floor, pay 750
a floor that does not divide evenly rounds up
1000 cost=500 | C coupon 50% | floor=30% | C 285 by margin_floor, pay 715
an unknown cost has no floor
1000 | C coupon 50% | floor=20% | C 500, pay 500
a line already below its floor gets no discount and no rise
1000 cost=1500 | C coupon 10% | floor=0% | C capped_to_zero, pay 1000
a line limit of 30 % cuts what was applied last
1000 | VIP card 20%, C coupon 20% | limit=30% | VIP 200, C 100 by line_limit, pay 700
a discount of exactly the limit is not cut
1000 | C coupon 30% | limit=30% | C 300, pay 700
a limit that does not divide evenly rounds the discount down
999 | C coupon 50% | limit=30% | C 299 by line_limit, pay 700
a cap cuts the line it is about, the other keeps its share
1000 cost=950, 1000 | C coupon 10% | floor=0% | C 150 by margin_floor, lines 50 100
limit first, floor after it
1000 cost=800 | C coupon 50% | limit=30% floor=0% | C 200 by margin_floor, pay 800
in a best lane the larger discount wins
1000 | A coupon 10%, B coupon 15% | | A other_offer_better, B 150, pay 850
two offers for different goods are both used
1000 tea, 500 milk | A coupon 10% tea, B coupon 20% milk | | A 100, B 100, pay 1300
two for parts beat one for the whole
1000 tea, 500 milk | W coupon 12%, A coupon 10% tea, B coupon 20% milk | | W other_offer_better, pay 1300
one for the whole beats two for parts
1000 tea, 500 milk | W coupon 14%, A coupon 10% tea, B coupon 20% milk | | W 210, A other_offer_better
equal amounts: the smaller priority number wins
1000 | A coupon 10% priority=5, B coupon 100 priority=4 | | A other_offer_better, B 100
equal amounts and priority: the older wins
1000 | A coupon 10%, B coupon 100 | | A 100, B other_offer_better
in an all lane offers add up by priority, on what is left
1000 | A order 10% priority=2, B order 50% priority=1 | | B 500, A 50, pay 450
exactly the minimum qualifies
2000 | C coupon 10% from=2000 | | C 200
one minor unit short does not, and is told how much is missing
1999 | C coupon 10% from=2000 | | C below_minimum 1, pay 1999
a minimum is judged after earlier lanes' discounts
2000 | SALE sale 10%, C coupon 10% from=2000 | | SALE 200, C below_minimum 200
or before them, if the offer says so
2000 | SALE sale 10%, C coupon 10% before=2000 | | SALE 200, C 180
offers of one lane do not lower each other's minimum
2000 | A order 10%, B order 10% from=2000 | | A 200, B 180
a minimum of a group counts that group only
900 tea, 900 milk | C coupon 10% from=1000 of=tea | | C below_minimum 100
exactly the quantity qualifies
3x100 | C coupon 10% units=3 | | C 30
one unit short does not
2x100 | C coupon 10% units=3 | | C below_quantity 1
a product that must be in the cart is there
100, 200 | C coupon 10% has=sku2 | | C 30
a product that must be in the cart is not there
100, 200 | C coupon 10% has=sku3 | | C not_in_cart
a group that is not in the cart is no target
1000 tea | C coupon 10% milk | | C no_target, pay 1000
listed products only
1000, 500 | C coupon 10% sku=sku2 | | C 50, lines 0 50
an amount off is spread by price
3000, 1000 | C coupon 400 | | C 400, lines 300 100
an amount off larger than the order takes the order, no more
300 | C coupon 400 | | C 300, pay 0
a product never discounted is not touched, nor is a percent taken of it
1000 never, 1000 | C coupon 10% | | C 100, lines 0 100
an amount moves to the other lines
1000 never, 1000 | C coupon 300 | | C 300, lines 0 300
nothing but products never discounted is no target
1000 never | C coupon 10% | | C no_target
what does not fit under a lowest price moves to the other lines
1000 lowest=950, 1000 | C coupon 10% | | C 200, lines 50 150
where nothing else takes it, it is not given
1000 lowest=950 | C coupon 10% | | C 50, pay 950
a lowest price is per unit
2x500 lowest=450 | C coupon 50% | | C 100, pay 900
a lowest price above the price forbids discounts
1000 lowest=1200 | C coupon 50% | | C nothing_left, pay 1000
free delivery from a minimum, just reached
1500, delivery 300 | FREE delivery free from=1500 | | FREE 300, pay 1500
free delivery, one short
1499, delivery 300 | FREE delivery free from=1500 | | FREE below_minimum 1, pay 1799
free delivery is judged by what the goods cost after caps
1000 cost=950, delivery 300 | C coupon 10%, F delivery free from=950 | floor=0% | F 300, pay 950
half of the delivery fee, rounded half up
1000, delivery 301 | D delivery fee-50% | | D 151, pay 1150
delivery at a fixed price
1000, delivery 300 | D delivery fee=99 | | D 201, pay 1099
a fixed price above the fee changes nothing
1000, delivery 300 | D delivery fee=300 | | D nothing_left, pay 1300
no fee, no target
1000 | D delivery free | | D no_target, pay 1000
free delivery as a coupon stands beside a discount on goods
1000, delivery 300 | D coupon free, C coupon 10% | | D 300, C 100, pay 900
caps are about goods, not about delivery
1000, delivery 300 | D coupon free | limit=1% floor=50% | D 300, pay 1000
an exclusive offer is taken where it is cheaper than all the others together
1000 | VIP card 10%, X coupon 20% alone, C coupon 10% | | X 200, VIP not_combinable, C not_combinable
one minor unit less, and the others are taken
1000 | VIP card 10%, X coupon 189 alone, C coupon 10% | | VIP 100, C 90, X not_combinable
if they are equal, the others are taken
1000 | VIP card 10%, X coupon 190 alone, C coupon 10% | | VIP 100, C 90, X not_combinable
delivery counts in the comparison
1000, delivery 300 | X coupon 29% alone, F delivery free | | F 300, X not_combinable, pay 1000
caps count in the comparison
1000 | X coupon 50% alone, A order 20%, B order 10% | limit=20% | A 200, B capped_to_zero, X not_combinable
where the store prefers them, an exclusive offer is taken whenever it applies
1000 | VIP card 10%, X coupon 1% alone | exclusive=first | X 10, VIP not_combinable
but not where it does not apply
1000 | VIP card 10%, X coupon 1% alone from=1001 | exclusive=first | VIP 100, X below_minimum 1
of several exclusive ones the first by priority
1000 | X coupon 9% alone priority=2, Y card 5% alone priority=1 | exclusive=first | Y 50, X not_combinable
a lane that the store does not have
1000 | C nowhere 10% | | C no_lane, pay 1000
points are earned on what is paid for goods, rounded down, and not on delivery
1000, delivery 300 | SALE sale 10% | earn=1/100 | points 9, pay 1200
exactly one step more
1000, delivery 300 | | earn=1/100 | points 10
a card's discount is for who holds the card
1000, holds vip | V card 10% card=vip | | V 100, pay 900
nobody else gets it, and is told why
1000 | V card 10% card=vip | | V no_card, pay 1000
a card discounts the product group bound to its plan
1000 tea, 500 milk, holds vip | V card 10% tea card=vip | | V 100, lines 100 0
of several cards the better one for this order counts
1000, holds vip premium | V card 10% card=vip, P card 15% card=premium | | V other_offer_better, P 150, pay 850
even where their goods differ: one card counts, the other stays away
1000 tea, 500 milk, holds a b | A card 10% tea card=a, B card 15% milk card=b | | A 100, B other_offer_better, pay 1400
the better one is found by what the whole order costs, coupon included
1000, holds a b | A card 15% card=a, B card 10% card=b, C coupon 20% | limit:a=20% | B 100, C 180, A other_offer_better
equal cards: the older one
1000, holds vip premium | P card 10% card=premium, V card 100 card=vip | | P 100, V other_offer_better
a card's limit cuts what was applied last
1000, holds vip | V card 10% card=vip, C coupon 15% | limit:vip=20% | V 100, C 100 by card_limit, pay 800
a discount of exactly the card's limit is not cut
1000, holds vip | V card 10% card=vip, C order 100 | limit:vip=20% | V 100, C 100, pay 800
a card's limit that does not divide evenly rounds the discount down
999, holds vip | V card 50% card=vip | limit:vip=30% | V 299 by card_limit, pay 700
of two limits the tighter one holds: the store's
1000, holds vip | V card 50% card=vip | limit:vip=30% limit=20% | V 200 by line_limit, pay 800
of two limits the tighter one holds: the card's
1000, holds vip | V card 50% card=vip | limit:vip=20% limit=30% | V 200 by card_limit, pay 800
a limit is for who holds the card
1000, holds vip | P card 50% card=premium, C coupon 30% | limit:premium=20% | P no_card, C 300, pay 700
a card's limit that would make the order dearer is left out with the card's discount
1000, holds vip | V card 5% card=vip, C coupon 30% | limit:vip=20% | V card_left_out, C 300, pay 700
equally dear with and without: the card is used
1000, holds vip | V card 10% card=vip, C coupon 20% | limit:vip=20% | V 100, C 100 by card_limit, pay 800
a card's discount that would cost the shopper a coupon's minimum is left out
2000, holds vip | V card 10% card=vip, C coupon 500 from=2000 | | V card_left_out, C 500, pay 1500
a card's discount that would cost the shopper free delivery is left out
1000, delivery 300, holds vip | V card 10% card=vip, F delivery free from=1000 | | V card_left_out, F 300, pay 1000
one minor unit more, and the card is used
1000, delivery 99, holds vip | V card 10% card=vip, F delivery free from=1000 | | V 100, F below_minimum 100, pay 999
what the card refuses for itself keeps its own reason
1000, holds vip | V card 10% from=1001 card=vip, C coupon 30% | limit:vip=20% | V below_minimum 1, C 300, pay 700
free delivery of one card stands beside the discount of another
1000, delivery 300, holds vip premium | V delivery free card=vip, P card 10% card=premium | | V 300, P 100, pay 900
an offer of a plan's own in another lane goes with its card
1000, holds vip premium | V sale 10% card=vip, P card 15% card=premium | | P 150, V other_offer_better, pay 850
an offer for holders of either card goes with both
1000, holds a b | E sale 10% card=a+b, B card 15% card=b, A card 10% card=a | | E 100, B 135, A other_offer_better
an exclusive offer stands alone without the card and its limit
1000, holds vip | V card 10% card=vip, X coupon 40% alone | limit:vip=20% | X 400, V not_combinable, pay 600
"""


def read_table() -> list[tuple[str, str]]:
    rows = [row for row in CASES.splitlines() if row]
    return list(zip(rows[::2], rows[1::2], strict=True))


@pytest.mark.parametrize("case", [case for _, case in read_table()], ids=[name for name, _ in read_table()])
def test_worked_case(case: str) -> None:
    read = read_case(case)
    assert read.expected <= describe(price(read.cart, read.offers, read.rules, at=0))
