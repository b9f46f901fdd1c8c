"""Take over products as the storefront describes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.models import Product

# What a description says. It replaces the stored one whole: what is left out falls back to its default.
FIELDS = (
    "name",
    "kind",
    "category",
    "price",
    "cost",
    "tax_bp",
    "stock",
    "stocked_on",
    "is_preorder",
    "is_never_discounted",
    "lowest_price",
    "url",
    "image_url",
    "is_active",
)


@dataclass(frozen=True, slots=True)
class KeptProducts:
    created: int
    changed: int
    unchanged: int


def keep_products(products: Sequence[Product]) -> KeptProducts:
    """Store unsaved products of one store, each sku once; two queries, however many. Needs a transaction."""
    skus = [product.sku for product in products]
    assert len(set(skus)) == len(skus), "each sku once"
    stored = {
        one.sku: one
        for one in Product.objects.filter(store_id__in={p.store_id for p in products}, sku__in=skus)
    }
    fresh = [product for product in products if product.sku not in stored]
    changed = [
        product for product in products if product.sku in stored and _differ(product, stored[product.sku])
    ]
    Product.objects.bulk_create(
        # Always in the same order, so that two reports at once do not wait for each other in a ring.
        sorted([*fresh, *changed], key=lambda product: product.sku),
        update_conflicts=True,
        unique_fields=["store", "sku"],
        update_fields=[*FIELDS, "changed_at"],
    )
    return KeptProducts(len(fresh), len(changed), len(products) - len(fresh) - len(changed))


def _differ(one: Product, other: Product) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in FIELDS)
