"""Log-ins, keys and what to try in the demo, kept in one private file that the start prints."""

import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from clubcards.link import card_url
from clubcards.models import Membership
from shop.keys import SERVER_SCOPES, digest_of, issue_key
from shop.models import ApiKey, Role, StaffRole, Store, User

DOMAIN = "regency-gifts.example"
ROLES = (Role.OWNER, Role.MARKETER, Role.SUPPORT)
KEY_NAME = "Demo storefront"
PASSWORD_BYTES = 9

Access = dict[str, Any]


def keep_access(store: Store, path: Path | None, *, claim_path: str | None = None) -> Access:
    """What `path` holds, and what it lacks made anew; written back there. `claim_path` is that of a present.

    Passwords and keys can not be read from the database: where the file was lost, there are new ones.
    """
    before = _read(path)
    access: Access = {
        "logins": [_login(store, role, before) for role in ROLES],
        "keys": [_key(store, before)],
        "try": [],
    }
    access["try"] = _suggestions(store, key=access["keys"][0]["key"], claim_path=claim_path)
    if path is not None and access != before:
        _write(path, access)
    return access


def _login(store: Store, role: Role, before: Access) -> dict[str, str]:
    email = f"{role.value}@{DOMAIN}"
    known = next((login["password"] for login in before.get("logins", []) if login["email"] == email), None)
    password = known or secrets.token_urlsafe(PASSWORD_BYTES)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, name=str(role.label))
    elif known is None:
        user.set_password(password)
        user.save(update_fields=["password"])
    StaffRole.objects.get_or_create(store=store, user=user, defaults={"role": role})
    return {"role": role.value, "email": email, "password": password}


def _key(store: Store, before: Access) -> dict[str, str]:
    for known in before.get("keys", []):
        if ApiKey.objects.filter(store=store, digest=digest_of(known["key"]), revoked_at=None).exists():
            return dict(known)
    _row, secret = issue_key(store, name=KEY_NAME, kind=ApiKey.Kind.SERVER, scopes=SERVER_SCOPES)
    return {"name": KEY_NAME, "key": secret}


def _suggestions(store: Store, *, key: str, claim_path: str | None) -> list[str]:
    url = settings.PUBLIC_URL.rstrip("/")
    found = [
        "Log in as the owner: sales, points, and what each running campaign has earned.",
        "Campaigns, “We miss you”: sent, redeemed, revenue, discount, margin (the goods' costs are invented).",
        f"Mails for left carts, birthdays and points that end: {url}/panel/mailbox/ (more come while you look)",
    ]
    card = Membership.objects.filter(store=store, plan__code="vip").order_by("id").first()
    if card is not None:
        found.append(f"A VIP card on its holder's phone: {card_url(card)}")
    if claim_path is not None:
        found.append(f"A present that waits for a friend: {url}{claim_path}")
    return [*found, f"The API: {url}/api/docs/, or curl {url}/api/v1/store -H 'Authorization: Bearer {key}'"]


def _read(path: Path | None) -> Access:
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, access: Access) -> None:
    """Whole or not at all, and readable by nobody else."""
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(access, file, ensure_ascii=False, indent=2)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
