"""Which units are picked, against a search that simply tries everything."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pricing.basket import Basket
from pricing.benefits import BuyXGetY
from pricing.pair_units import Pairing, pair_units
from pricing.pick_units import Run, pick_per_group
from pricing.sight import Given, Sight
from pricing.values import Cart, Line
from tests.pricing.strategies import calmly

PRICES = (1, 2, 2, 3)
quantities = st.lists(st.integers(1, 3), min_size=4, max_size=4)
some_slots = st.sets(st.integers(0, 3))


def runs(slots: set[int], units: list[int], *, dearest_first: bool) -> list[Run]:
    ordered = sorted(slots, key=lambda slot: (-PRICES[slot] if dearest_first else PRICES[slot], slot))
    return [Run(slot, units[slot]) for slot in ordered]


def flat(found: list[Run]) -> list[int]:
    return [run.slot for run in found for _ in range(run.units)]


def worth(given: tuple[int, ...] | list[int]) -> int:
    return sum(PRICES[slot] for slot in given)


@calmly
@given(quantities, some_slots, some_slots, st.integers(1, 3), st.integers(1, 2))
def test_the_cheapest_units_are_given_that_leave_enough_to_buy(
    units: list[int], bought: set[int], given_slots: set[int], buy: int, get: int
) -> None:
    to_buy, to_give = runs(bought, units, dearest_first=True), runs(given_slots, units, dearest_first=False)
    possible = [
        given
        for given in combinations(flat(to_give), get)
        if sum(units[slot] - given.count(slot) for slot in bought) >= buy
    ]
    paired = pair_units(to_buy, to_give, buy=buy, get=get, times_max=1)
    if isinstance(paired, int):
        assert not possible
        assert paired >= 1
    else:
        assert worth(flat([Run(*run) for run in paired.given.items()])) == min(map(worth, possible))


@calmly
@given(quantities, some_slots, some_slots, st.integers(1, 3), st.integers(1, 2))
def test_it_is_done_as_often_as_it_can_be_and_no_unit_is_both_bought_and_given(
    units: list[int], bought: set[int], given_slots: set[int], buy: int, get: int
) -> None:
    to_buy, to_give = runs(bought, units, dearest_first=True), runs(given_slots, units, dearest_first=False)
    paired = pair_units(to_buy, to_give, buy=buy, get=get, times_max=None)
    there, offered = (sum(units[slot] for slot in slots) for slots in (bought, given_slots))
    either = sum(units[slot] for slot in bought | given_slots)
    times = min(there // buy, offered // get, either // (buy + get))
    assert isinstance(paired, Pairing) == (times > 0)
    if isinstance(paired, Pairing):
        paid = {slot: count - paired.given.get(slot, 0) for slot, count in paired.kept.items()}
        assert (sum(paired.given.values()), sum(paid.values())) == (times * get, times * buy)
        assert set(paired.given) <= given_slots
        assert {slot for slot, count in paid.items() if count} <= bought
        assert all(paid[slot] >= 0 and count <= units[slot] for slot, count in paired.kept.items())


def test_what_is_missing_is_the_least_number_of_units_that_would_do() -> None:
    assert pair_units([Run(0, 2)], [Run(0, 2)], buy=2, get=1, times_max=None) == 1
    assert pair_units([Run(0, 1)], [Run(1, 1)], buy=2, get=2, times_max=None) == 2
    assert pair_units([], [Run(1, 5)], buy=2, get=1, times_max=None) == 2


@calmly
@given(
    st.lists(st.integers(1, 4), max_size=4),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from(["cheapest", "dearest"]),
)
def test_of_each_full_group_the_last_or_the_first_are_picked(
    units: list[int], count: int, more: int, give: str
) -> None:
    group_of = count + more - 1
    dearest_first = [Run(slot, quantity) for slot, quantity in enumerate(units)]
    slots = flat(dearest_first)
    groups = [slots[at : at + group_of] for at in range(0, len(slots) - group_of + 1, group_of)]
    picked = [slot for group in groups for slot in (group[-count:] if give == "cheapest" else group[:count])]
    found = pick_per_group(dearest_first, count, group_of=group_of, give=give)
    assert found == {slot: picked.count(slot) for slot in sorted(set(picked))}


def test_as_many_that_could_not_be_bought_as_could_be_are_given() -> None:
    bought, given_runs = [Run(0, 1), Run(1, 4)], [Run(0, 2)]
    assert pair_units(bought, given_runs, buy=2, get=2, times_max=None) == Pairing({0: 2}, {0: 2, 1: 2})


def test_what_could_be_bought_is_spared_once() -> None:
    """Four units to buy, three of them needed: one may be given, and no second one of another line."""
    bought = [Run(0, 2), Run(1, 2)]
    given_runs = [Run(0, 2), Run(1, 2), Run(2, 5)]
    found = pair_units(bought, given_runs, buy=1, get=1, times_max=3)
    assert found == Pairing({0: 1, 2: 2}, {0: 2, 1: 2, 2: 2})


def test_what_is_given_says_how_many_units_it_acts_on_and_how_many_it_keeps() -> None:
    """Two mugs of three are paid, a cup is half price."""
    cart = Cart((Line("MUG", 3, 500), Line("CUP", 2, 200)))
    found = BuyXGetY(2, 1, rate_bp=5_000).act(Sight(Basket(cart, at=0)))
    assert isinstance(found, Given)
    assert (list(found.slots), list(found.units or ()), list(found.amounts)) == ([1], [1], [100])
    assert found.needs == {0: 2, 1: 1}


def test_units_of_other_goods_are_given_only_where_there_are_enough_of_them() -> None:
    assert pair_units([Run(0, 5)], [Run(1, 1)], buy=1, get=2, times_max=None) == 1


def test_no_more_is_given_than_is_bought_for_where_some_units_cannot_be_bought() -> None:
    """Of four cups three could be bought as well, and ten jars are bought."""
    found = pair_units([Run(1, 10), Run(0, 3)], [Run(0, 4)], buy=1, get=2, times_max=1)
    assert found == Pairing({0: 2}, {0: 2, 1: 1})
