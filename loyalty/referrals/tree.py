"""Who brought whom, as a tree: one root with all who came by it, or the shop's largest trees."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from shop.models import Store

DEPTH_MAX = 6
PEOPLE_MAX = 120
ROOTS_MAX = 5

# The ordinals along the way sort each friend under whoever brought them. Bounded in depth and in number.
TREE = """
WITH RECURSIVE tree AS (
    SELECT root.id AS customer_id, NULL::bigint AS referrer_id, 0 AS depth, ARRAY[root.place] AS path
    FROM unnest(%(roots)s::bigint[]) WITH ORDINALITY AS root (id, place)
    UNION ALL
    SELECT friend.customer_id, friend.referrer_id, tree.depth + 1, tree.path || friend.id
    FROM tree JOIN loyalty_referral friend ON friend.referrer_id = tree.customer_id
    WHERE tree.depth < %(depth)s
)
SELECT tree.customer_id, customer.ref, coalesce(person.name, ''), coalesce(person.email, ''), tree.depth,
    (SELECT count(*) FROM loyalty_referral brought WHERE brought.referrer_id = tree.customer_id),
    (SELECT coalesce(sum(points - taken_back), 0) FROM loyalty_referralreward reward
        WHERE reward.customer_id = tree.customer_id AND reward.status = 'granted'),
    EXISTS (SELECT FROM shop_order bought WHERE bought.customer_id = tree.customer_id AND bought.status <> 'cancelled')
FROM tree JOIN shop_customer customer ON customer.id = tree.customer_id AND customer.store_id = %(store)s
LEFT JOIN shop_person person ON person.customer_id = customer.id
ORDER BY tree.path LIMIT %(people)s
"""
ROOTS = """
SELECT top.referrer_id FROM loyalty_referral top
WHERE top.store_id = %(store)s
    AND NOT EXISTS (SELECT FROM loyalty_referral above WHERE above.customer_id = top.referrer_id)
GROUP BY top.referrer_id ORDER BY count(*) DESC, top.referrer_id LIMIT %(roots)s
"""
ABOVE = """
WITH RECURSIVE line AS (
    SELECT referrer_id AS id, 1 AS level FROM loyalty_referral WHERE customer_id = %(customer)s
    UNION ALL
    SELECT above.referrer_id, line.level + 1
    FROM line JOIN loyalty_referral above ON above.customer_id = line.id WHERE line.level < 100
)
SELECT id FROM line ORDER BY level DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class TreePerson:
    """One row of the tree: `depth` below its root, how many friends came directly, the points earned by all levels."""

    customer_id: int
    ref: str
    name: str
    email: str
    depth: int
    friends: int
    points: int
    has_bought: bool


def largest_trees(store: Store) -> list[TreePerson]:
    """The trees whose root has brought most friends; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, {"store": store.pk, "roots": ROOTS_MAX})
        roots = [row[0] for row in cursor.fetchall()]
    return _tree(store, roots)


def tree_of(store: Store, customer_id: int) -> list[TreePerson]:
    """The whole tree that the customer stands in, from its root; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, {"customer": customer_id})
        row = cursor.fetchone()
    return _tree(store, [row[0] if row else customer_id])


def _tree(store: Store, roots: Sequence[int]) -> list[TreePerson]:
    with connection.cursor() as cursor:
        asked: dict[str, int | list[int]] = {
            "roots": list(roots),
            "depth": DEPTH_MAX,
            "store": store.pk,
            "people": PEOPLE_MAX,
        }
        cursor.execute(TREE, asked)
        return [TreePerson(*row) for row in cursor.fetchall()]
