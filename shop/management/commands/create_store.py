"""manage.py create_store: a store, its owner's log-in and the storefront's key."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from shop.models import Store
from shop.open_store import OpenedStore, StoreRefused, open_store


class Command(BaseCommand):
    help = "Open a store. Prints the owner's password and the storefront's API key, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", required=True, help="short name for commands, for example candles")
        parser.add_argument("--name", required=True, help='as customers know it, for example "Candle House"')
        parser.add_argument("--currency", required=True, help="three letters, for example GBP")
        parser.add_argument("--time-zone", default="UTC", help="for example Europe/London")
        parser.add_argument("--language", default="en", help="of mails to customers: en or ru")
        parser.add_argument("--mail-from", default="", help="sender of mails, for example hello@shop.example")
        parser.add_argument("--postal-address", default="", help="stands at the foot of every mail")
        parser.add_argument(
            "--owner", required=True, metavar="E-MAIL", help="who may do everything in this store"
        )
        parser.add_argument("--sandbox", action="store_true", help="for trying out: its clock can be moved")
        parser.add_argument("--json", action="store_true", help="print JSON, for scripts")

    def handle(self, *args: Any, owner: str, **options: Any) -> None:
        try:
            validate_email(owner)
        except ValidationError:
            raise CommandError(
                f"{owner} is not an e-mail address. Give one like anna@shop.example."
            ) from None
        names = ("code", "name", "currency", "time_zone", "language", "mail_from", "postal_address")
        store = Store(**{name: options[name] for name in names}, is_sandbox=options["sandbox"])
        try:
            opened = open_store(store, owner_email=owner)
        except StoreRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(as_json(opened) if options["json"] else as_text(opened))


def as_text(opened: OpenedStore) -> str:
    password = opened.password or "(the one this person has)"
    return (
        f"Store     {opened.store.code} · {opened.store.name}\n"
        f"Owner     {opened.owner.email}\n"
        f"Password  {password}\n"
        f"API key   {opened.key}\n"
        "Write password and key down now: they are not kept and can not be shown again."
    )


def as_json(opened: OpenedStore) -> str:
    return json.dumps(
        {
            "store": opened.store.code,
            "owner": opened.owner.email,
            "password": opened.password,
            "key": opened.key,
        }
    )
