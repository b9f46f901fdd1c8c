"""Occasions that are rows written since the trigger was made: a friend has joined, a card is full, a gift has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from triggers.models import Message, Trigger
from triggers.occasions.insert import LATE_MAX, Found, insert_messages

# Customer, number of the row, when it was written, and, where the statement says so, from when on it is of no use.
Row = tuple[int, int, datetime] | tuple[int, int, datetime, datetime]


def find_new(statement: str, trigger: Trigger, key: str, *, at: datetime, limit: int) -> int:
    """Messages for the rows that the statement finds, under "key:number". It is given `store`, `trigger`, `at`,
    `limit` and `since`: what happened before the trigger was made, or is too late to be said, is nobody's occasion."""
    asked: dict[str, int | datetime] = {
        "store": trigger.store_id,
        "trigger": trigger.pk,
        "at": at,
        "since": max(trigger.created_at, at - LATE_MAX),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[Row] = cursor.fetchall()
    return insert_messages(trigger, [_found(key, *row) for row in rows])


def number_of(message: Message) -> int:
    """Of the row that a message of `find_new` is about."""
    return int(message.occasion_key.partition(":")[2])


def refuse_settings(params: Mapping[str, Any]) -> None:
    """Raises ValidationError where there are any."""
    if params:
        raise ValidationError(_("This occasion has no settings."), code="no_settings")


def _found(key: str, customer: int, number: int, when: datetime, ends_at: datetime | None = None) -> Found:
    return Found(customer, f"{key}:{number}", occurred_at=when, due_at=when, ends_at=ends_at)
