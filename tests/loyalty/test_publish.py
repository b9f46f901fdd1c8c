"""Terms are versions; every change of them is seen by the next request; limits are kept."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from loyalty.models import EarningRule, Offer, OfferBudget, OfferUse
from loyalty.offer_document import DocumentFault, OfferDocumentInvalid
from loyalty.publish import PublishFault, PublishRefused, archive, pause, start, write_version
from loyalty.snapshot import snapshot
from shop.models import Activity, ProductGroup, Store
from tests.factories import AT, DAY, make_earning_rule, make_offer, make_product_group, make_store, make_user
from tests.factories.offers_that_run import document, run_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> Store:
    return make_store()


@pytest.fixture
def draft(store: Store) -> Offer:
    return make_offer(store, status=Offer.Status.DRAFT)


def version_of(store: Store) -> int:
    return Store.objects.get(pk=store.pk).offers_version


def running(store: Store) -> list[str]:
    return [offer.code for offer in snapshot(store.pk, version_of(store)).running(at=AT)]


def test_an_offer_runs_rests_and_ends(store: Store, draft: Offer) -> None:
    write_version(draft, document(), by=make_user(), at=AT)
    assert running(store) == []
    start(draft, at=AT)
    assert running(store) == [draft.code]
    pause(draft, at=AT)
    assert running(store) == []
    start(draft, at=AT)
    archive(draft, at=AT)
    assert running(store) == []
    kinds = Activity.objects.filter(store=store).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        "offer.changed",
        "offer.started",
        "offer.paused",
        "offer.started",
        "offer.archived",
    ]


def test_an_offer_without_terms_cannot_run(draft: Offer) -> None:
    with pytest.raises(PublishRefused) as refused:
        start(draft, at=AT)
    assert refused.value.code is PublishFault.NO_TERMS


@pytest.mark.parametrize("verb", [start, pause, archive])
def test_an_archived_offer_stays_archived(store: Store, verb: Any) -> None:
    offer = run_offer(store)
    archive(offer, at=AT)
    with pytest.raises(PublishRefused) as refused:
        verb(offer, at=AT)
    assert refused.value.code is PublishFault.ARCHIVED


def test_versions_are_numbered_and_the_one_in_force_counts(store: Store) -> None:
    offer = run_offer(store)
    second = write_version(offer, document(priority=7), by=None, at=AT, in_force_at=AT + DAY)
    assert second.number == 2
    terms = snapshot(store.pk, version_of(store))
    found = [terms.offer(offer.pk, at=at) for at in (AT, AT + DAY)]
    assert [each and each.terms.priority for each in found] == [100, 7]


def test_a_document_that_cannot_be_read_is_not_written(draft: Offer) -> None:
    with pytest.raises(OfferDocumentInvalid) as refused:
        write_version(draft, document(benefits=[]), by=None, at=AT)
    assert refused.value.code is DocumentFault.MALFORMED
    assert not draft.versions.exists()


def until(end: str | None) -> dict[str, Any]:
    return document(schedule={"ends_at": end})


@pytest.mark.parametrize(
    ("end", "is_allowed"), [("2026-12-31T00:00:00Z", True), ("2027-01-01T00:00:01Z", False), (None, False)]
)
def test_an_announced_end_is_never_moved_later(store: Store, end: str | None, is_allowed: bool) -> None:
    offer = run_offer(store, schedule={"ends_at": "2027-01-01T00:00:00Z"})
    if is_allowed:
        assert write_version(offer, until(end), by=None, at=AT).number == 2
    else:
        with pytest.raises(PublishRefused) as refused:
            write_version(offer, until(end), by=None, at=AT)
        assert refused.value.code is PublishFault.END_MOVED_LATER


def test_a_small_limit_is_one_row_and_a_large_one_eight(store: Store) -> None:
    small = run_offer(store, limits={"uses_max": 999})
    large = run_offer(store, limits={"uses_max": 1003})
    assert list(small.uses.values_list("uses_max", flat=True)) == [999]
    assert list(large.uses.order_by("shard").values_list("uses_max", flat=True)) == [126] * 3 + [125] * 5


def test_a_limit_can_be_moved_but_not_below_what_is_used(store: Store) -> None:
    offer = run_offer(store, limits={"uses_max": 50})
    OfferUse.objects.update(used=20)
    write_version(offer, document(limits={"uses_max": 2000}), by=None, at=AT)
    rows = list(offer.uses.values_list("used", "uses_max"))
    assert (sum(most for _, most in rows), sum(used for used, _ in rows)) == (2000, 20)
    write_version(offer, document(limits={"uses_max": 20}), by=None, at=AT)
    with pytest.raises(PublishRefused) as refused:
        write_version(offer, document(limits={"uses_max": 19}), by=None, at=AT)
    assert refused.value.code is PublishFault.LIMIT_BELOW_USED


def test_a_budget_can_be_moved_but_not_below_what_is_spent(store: Store) -> None:
    offer = run_offer(store, limits={"budget_max": 500})
    OfferBudget.objects.update(spent=200)
    write_version(offer, document(limits={"budget_max": 200}), by=None, at=AT)
    with pytest.raises(PublishRefused):
        write_version(offer, document(limits={"budget_max": 199}), by=None, at=AT)


def test_every_change_of_the_terms_raises_the_version(store: Store) -> None:
    offer = run_offer(store)
    rule = make_earning_rule(store)
    group = make_product_group(store)
    changes: list[Any] = [
        lambda: Offer.objects.filter(pk=offer.pk).update(status=Offer.Status.PAUSED),
        lambda: offer.versions.update(number=9),
        lambda: EarningRule.objects.filter(pk=rule.pk).update(points=2),
        lambda: ProductGroup.objects.filter(pk=group.pk).update(skus=["MUG"]),
        lambda: EarningRule.objects.filter(pk=rule.pk).delete(),
        lambda: ProductGroup.objects.filter(pk=group.pk).delete(),
    ]
    for change in changes:
        before = version_of(store)
        change()
        assert version_of(store) > before


def test_terms_that_were_taken_back_never_come_back_under_their_version(store: Store) -> None:
    with transaction.atomic():
        offer = run_offer(store)
        assert running(store) == [offer.code]
        transaction.set_rollback(True)
    for _ in range(5):
        make_offer(store, status=Offer.Status.DRAFT)
        assert running(store) == []


def test_another_stores_version_stays(store: Store) -> None:
    before = version_of(store)
    run_offer(make_store())
    assert version_of(store) == before


# --- Every rule twice: the database refuses it too.


def test_uses_beyond_the_limit_are_refused_by_the_database(store: Store) -> None:
    run_offer(store, limits={"uses_max": 5})
    with pytest.raises(IntegrityError, match="loyalty_offeruse_within_limit"), transaction.atomic():
        OfferUse.objects.update(used=4, held=2)


def test_money_beyond_the_budget_is_refused_by_the_database(store: Store) -> None:
    run_offer(store, limits={"budget_max": 500})
    with pytest.raises(IntegrityError, match="loyalty_offerbudget_within_limit"), transaction.atomic():
        OfferBudget.objects.update(spent=501)


def test_a_number_of_terms_that_were_rolled_back_never_comes_again(store: Store) -> None:
    """A process that priced inside the lost transaction would otherwise go on with terms that never were."""
    with transaction.atomic():
        phantom = run_offer(store)
        seen_inside = version_of(store)
        assert phantom.code in running(store)
        transaction.set_rollback(True)
    real = run_offer(store)
    assert version_of(store) != seen_inside
    assert running(store) == [real.code]
