"""Which partner a line of an order owes, and at which rate. Plain values in and out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Terms:
    """What one partner gets for the buyers it sends: by product group, else the default. Basis points."""

    partner: int
    default_bp: int
    by_group: Mapping[str, int] = field(default_factory=dict)

    def rate_for(self, groups: Collection[str]) -> int:
        """Of several groups that fit, the highest: nobody has to know which one comes first."""
        fitting = [rate for group, rate in self.by_group.items() if group in groups]
        return max(fitting, default=self.default_bp)


@dataclass(frozen=True, slots=True)
class Owed:
    partner: int
    rate_bp: int
    is_supplier: bool


def owed_for(
    groups: Collection[str], *, sender: Terms | None, supplier: tuple[int, int] | None
) -> Owed | None:
    """Goods that a partner supplies go by that partner's own terms, whoever sent the buyer: no line pays twice.

    `supplier` is (partner, rate). None: the line owes nobody.
    """
    if supplier is not None:
        return Owed(supplier[0], supplier[1], is_supplier=True)
    if sender is not None:
        return Owed(sender.partner, sender.rate_for(groups), is_supplier=False)
    return None
