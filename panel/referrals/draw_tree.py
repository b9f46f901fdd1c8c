"""The tree of friends as a picture, made on the server: one row a person, a line to whoever brought them.

Narrow enough for a phone: levels are told by indents, not by columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.referrals.tree import TreePerson
from shop.mask import mask_name

WIDTH, ROW, INDENT, LEFT, RADIUS = 380, 46, 22, 14, 8
NAME_MAX = 24


@dataclass(frozen=True, slots=True)
class Node:
    """Where one person stands. `line` is the elbow to whoever brought them; empty for a root."""

    customer_id: int
    x: int
    y: int
    text_x: int
    name: str
    told: str
    line: str
    is_found: bool
    has_bought: bool


@dataclass(frozen=True, slots=True)
class TreePicture:
    width: int
    height: int
    radius: int
    nodes: tuple[Node, ...]


def draw_tree(people: Sequence[TreePerson], *, is_open: bool, found: int | None = None) -> TreePicture:
    """`is_open`: names as they are, else masked; `found` is the customer that was looked for."""
    nodes: list[Node] = []
    # The last row seen at each depth: the one above that a friend hangs on.
    last: dict[int, int] = {}
    for row, person in enumerate(people):
        x, y = LEFT + person.depth * INDENT, ROW // 2 + row * ROW
        last[person.depth] = y
        nodes.append(
            Node(
                customer_id=person.customer_id,
                x=x,
                y=y,
                text_x=x + RADIUS + 8,
                name=_name(person, is_open=is_open),
                told=_told(person),
                line=f"M{x - INDENT} {last[person.depth - 1] + RADIUS}V{y}H{x - RADIUS}"
                if person.depth
                else "",
                is_found=person.customer_id == found,
                has_bought=person.has_bought,
            )
        )
    return TreePicture(WIDTH, len(nodes) * ROW, RADIUS, tuple(nodes))


def _name(person: TreePerson, *, is_open: bool) -> str:
    name = (person.name if is_open else mask_name(person.name)) or _("Customer %(ref)s") % {"ref": person.ref}
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1]}…"


def _told(person: TreePerson) -> str:
    """ "3 friends · 450 points", or what the person has yet to do."""
    parts = []
    if person.friends:
        parts.append(
            ngettext("%(count)d friend", "%(count)d friends", person.friends) % {"count": person.friends}
        )
    if person.points:
        parts.append(
            ngettext("%(count)d point", "%(count)d points", person.points) % {"count": person.points}
        )
    if person.depth and not person.has_bought:
        parts.append(_("no order yet"))
    return " · ".join(parts) or _("has bought")
