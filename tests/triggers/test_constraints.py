"""What the database itself refuses about triggers, steps, messages and deliveries."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from coupons.issue import issue_named
from tests.triggers.stage import NOW, Stage, set_stage
from triggers.tick import find_due

pytestmark = pytest.mark.django_db

NEW_DELIVERY = (
    "INSERT INTO triggers_delivery (store_id, message_id, outcome, at) "
    "SELECT {store}, id, '{outcome}', now() FROM triggers_message"
)
COPY_TRIGGER = (
    "INSERT INTO triggers_trigger (store_id, code, name, occasion, params, purpose, status, created_at) "
    "SELECT store_id, code, name, occasion, params, purpose, status, created_at FROM triggers_trigger"
)


def refused(sql: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_trigger_keeps_to_known_words_and_a_code_of_its_own(stage: Stage) -> None:
    refused("UPDATE triggers_trigger SET purpose = 'spam'", "triggers_trigger_purpose_known")
    refused("UPDATE triggers_trigger SET status = 'lost'", "triggers_trigger_status_known")
    refused(COPY_TRIGGER, "triggers_trigger_code_once")


def test_step_has_a_place_of_its_own(stage: Stage) -> None:
    with pytest.raises(IntegrityError, match="triggers_step_ordinal_once"), transaction.atomic():
        stage.trigger.steps.create(ordinal=1, subject="Again", body="Again")


def test_delivery_keeps_to_known_outcomes_and_to_its_store(stage: Stage) -> None:
    other = set_stage("soaps")
    stage.customer()
    find_due(at=NOW)
    mine = NEW_DELIVERY.format(store=stage.store.pk, outcome="perhaps")
    foreign = NEW_DELIVERY.format(store=other.store.pk, outcome="sent")
    with connection.cursor() as cursor:
        cursor.execute("SELECT shop_make_partition('triggers_delivery', now())")
    refused(mine, "triggers_delivery_outcome_known")
    refused(foreign, "triggers_delivery_message_same_store")


def test_rows_stay_within_their_store(stage: Stage) -> None:
    other = set_stage("soaps")
    foreigner = other.customer("2", silent_days=1)
    stage.customer()
    find_due(at=NOW)
    refused(
        f"UPDATE triggers_message SET customer_id = {foreigner.pk}", "triggers_message_customer_same_store"
    )
    refused(
        f"UPDATE triggers_message SET trigger_id = {other.trigger.pk}", "triggers_message_trigger_same_store"
    )
    refused(
        f"UPDATE triggers_trigger SET campaign_id = {other.campaign.pk} WHERE id = {stage.trigger.pk}",
        "triggers_trigger_campaign_same_store",
    )
    somebodys = issue_elsewhere(other)
    refused(f"UPDATE triggers_message SET coupon_id = {somebodys}", "triggers_message_coupon_same_store")


def issue_elsewhere(stage: Stage) -> int:
    customer = stage.customer("3", silent_days=1)
    return issue_named(stage.campaign, customer, issue_key="elsewhere", at=NOW).pk
