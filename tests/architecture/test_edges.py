"""HTTP only in the edges; flow tests see the product from outside; pricing knows no clock."""

import ast

from tests.architecture.read_tree import floors, imports, modules, product_modules

EDGES = {"config", "storefront", "panel"}
HTTP = (
    "django.http",
    "django.shortcuts",
    "django.views",
    "django.template.response",
    "urllib.request",
    "http.client",
    "http.server",
    "socket",
)
# Whom a message is handed to is a matter of its channel; and an app's own admin page is its edge.
CHANNELS = ("triggers", "channels")
INSIDE = ("django.db", "django.apps", "django.contrib.auth")


def test_http_stays_in_the_edges() -> None:
    offenders = [
        module.at(node)
        for module in product_modules()
        if module.package not in EDGES
        and not any(part.removesuffix(".py").endswith("admin") for part in module.path.parts)
        and module.path.parts[:2] != CHANNELS
        for node, name in imports(module.tree)
        if name.startswith(HTTP)
    ]
    assert offenders == []


def test_flows_look_from_outside() -> None:
    """Whole stories over HTTP, SMTP and process signals: no model, no function of the product."""
    offenders = [
        module.at(node)
        for module in modules()
        if module.path.parts[:2] == ("tests", "flows")
        for node, name in imports(module.tree)
        if name.split(".")[0] in floors() or name.startswith((*INSIDE, "tests.factories"))
    ]
    assert offenders == []


def test_pricing_asks_no_clock() -> None:
    offenders = [
        module.at(node)
        for module in product_modules()
        if module.package == "pricing"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
    ]
    assert offenders == []


def test_money_is_never_a_float() -> None:
    """Nor a Decimal: minor units are integers from the database to the page. Pauses are no money."""
    pure = {"pricing", "checkout", "coupons", "loyalty"}
    waits = "checkout/transaction.py"
    offenders = [
        module.at(node)
        for module in product_modules()
        if module.package in pure and str(module.path) != waits
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id in {"float", "Decimal"})
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert offenders == []
