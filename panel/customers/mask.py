"""Personal data as a role may see it."""

from dataclasses import dataclass
from datetime import date

from shop.mask import DOTS, mask_email, mask_name
from shop.models import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the page. `is_open`: as it is, else masked."""

    id: int | None
    name: str
    email: str
    phone: str
    birth_on: date | None
    is_open: bool


def show_person(person: Person | None, *, is_open: bool) -> Shown:
    """As it is, or initials and dots: enough to tell two rows apart, too little to write to anybody."""
    if person is None:
        return Shown(None, "", "", "", None, is_open)
    if is_open:
        return Shown(person.pk, person.name, person.email, person.phone, person.birth_on, is_open)
    return Shown(
        None, mask_name(person.name), mask_email(person.email), DOTS if person.phone else "", None, is_open
    )
