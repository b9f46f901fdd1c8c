"""The ladder to begin with."""

from django.utils.translation import gettext as _

from loyalty.tiers.keep_ladder import LadderPlan, StepPlan


def example_ladder() -> LadderPlan:
    """Two tiers by number of orders, which fit every shop and every currency. In the language that is active."""
    silver = StepPlan("silver", _("Silver"), 3, _("First to hear of what is new"))
    gold = StepPlan("gold", _("Gold"), 6, _("A contact person of your own"))
    return LadderPlan("orders", "rolling", 12, 30, (silver, gold))
