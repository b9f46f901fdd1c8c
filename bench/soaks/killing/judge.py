"""What must hold once the dust has settled (invariant 27): every message decided, none lost, none said twice."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

# What an address begins with says what becomes of messages to it; the first is the usual one.
FATES = ("plain", "silent", "refused", "late")
OPEN = frozenset({"due", "sending"})
UNSAID = frozenset({"suppressed", "failed", "expired"})
# Each killed process may have had that many messages in its hands: one for each of the worker's processes.
SENDERS = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A message as the database knows it in the end."""

    address: str
    purpose: str
    status: str
    reason: str
    message_id: str
    coupon_id: int | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A mail that the SMTP server took."""

    address: str
    purpose: str
    message_id: str


def fate_of(address: str) -> str:
    return address.partition(".")[0]


def judge(said: Sequence[Said], accepted: Sequence[Accepted], *, count: int, kills: int) -> list[str]:
    """What is wrong, one line each; nothing if all holds. `count` messages waited when the campaign began."""
    faults = [f"{said.count(one)} times {one}" for one in set(said) if said.count(one) > 1]
    if len(said) != count:
        faults.append(f"{len(said)} messages instead of {count}")
    mails = _by_message(accepted)
    for one in said:
        faults += (f"{one.purpose} to {one.address}: {what}" for what in _faults_of(one, mails))
    known = {(one.address, one.purpose) for one in said}
    faults += [f"a mail to {address} that nobody meant" for address, purpose in mails.keys() - known]
    unknown = sum(one.status == "unknown" for one in said)
    if unknown > SENDERS * kills:
        faults.append(f"{unknown} unknown after {kills} kills: more than were in anybody's hands")
    return faults


def _by_message(accepted: Sequence[Accepted]) -> dict[tuple[str, str], list[str]]:
    """The Message-IDs that were taken, for each address and purpose."""
    found: dict[tuple[str, str], list[str]] = {}
    for mail in accepted:
        found.setdefault((mail.address, mail.purpose), []).append(mail.message_id)
    return found


def _faults_of(one: Said, mails: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    ids = mails.get((one.address, one.purpose), [])
    if one.status in OPEN:
        yield f"never decided ({one.status})"
    if one.purpose == "marketing" and len(ids) > 1:
        yield f"taken {len(ids)} times"
    if set(ids) - {one.message_id}:
        yield "taken under another Message-ID"
    if one.status == "sent" and not ids:
        yield "called sent, and lost"
    if one.status in UNSAID and ids:
        yield f"called {one.status}, and taken"
    if one.status not in OPEN | _ends(one):
        yield f"ended as {one.status} ({one.reason})"
    if one.purpose == "marketing" and one.status in {"sent", "unknown"} and one.coupon_id is None:
        yield "has no coupon"


def _ends(one: Said) -> frozenset[str]:
    """How this message may end. A service message that may have been lost is said again, until it is sent."""
    is_marketing = one.purpose == "marketing"
    usual = frozenset({"sent", "unknown"}) if is_marketing else frozenset({"sent"})
    by_fate = {
        "silent": frozenset({"suppressed"}) if is_marketing else usual,
        # Refused at RCPT. Whoever was killed before the refusal was stored knows nothing of it.
        "refused": frozenset({"failed"}) | (usual - {"sent"}),
        "late": frozenset({"expired"}),
    }
    return by_fate.get(fate_of(one.address), usual)


def tell(said: Sequence[Said], accepted: Sequence[Accepted]) -> dict[str, object]:
    """The figures for the evidence."""
    taken = Counter(mail.message_id for mail in accepted)
    purpose = {mail.message_id: mail.purpose for mail in accepted}
    unknown = [one for one in said if one.status == "unknown"]
    return {
        "messages": len(said),
        "by_state": dict(sorted(Counter(f"{one.purpose} {one.status}" for one in said).items())),
        "mails_taken": len(accepted),
        "message_ids_taken": len(taken),
        "service_repeated_under_the_same_id": sum(
            times > 1 for name, times in taken.items() if purpose[name] == "service"
        ),
        "marketing_taken_twice": sum(
            times > 1 for name, times in taken.items() if purpose[name] == "marketing"
        ),
        "unknown_that_were_taken": sum(one.message_id in taken for one in unknown),
    }
