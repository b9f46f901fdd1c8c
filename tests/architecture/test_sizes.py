"""Small modules, small functions, files named by what they do, and nothing that happens behind one's back."""

import ast

from tests.architecture.read_tree import functions, imports, modules, product_modules

MODULE_LINES = 400
MODELS_LINES = 299
FUNCTION_LINES = 40
NAMES_THAT_SAY_NOTHING = {"services", "utils", "helpers", "managers"}
SIGNALS = (
    "django.dispatch",
    "django.db.models.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
    "django.test.signals",
)


def test_modules_fit_on_few_screens() -> None:
    offenders = {
        str(module.path): lines
        for module in modules()
        if not module.is_migration and (lines := module.text.count("\n")) > _most_lines(module.path.parts)
    }
    assert offenders == {}


def test_functions_fit_on_one_screen() -> None:
    offenders = {
        f"{module.at(node)} {node.name}": lines
        for module in modules()
        if not module.is_migration
        for node in functions(module)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert offenders == {}


def test_files_are_named_by_what_they_do() -> None:
    offenders = [
        str(module.path)
        for module in modules()
        if {*module.path.parts[:-1], module.path.stem} & NAMES_THAT_SAY_NOTHING
    ]
    assert offenders == []


def test_nothing_hangs_on_signals() -> None:
    offenders = [
        module.at(node)
        for module in product_modules()
        for node, name in imports(module.tree)
        if name.startswith(SIGNALS)
    ]
    assert offenders == []


def test_imports_stand_at_the_top() -> None:
    offenders = sorted(
        {
            module.at(node)
            for module in modules()
            if not module.is_migration
            for function in functions(module)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
    )
    assert offenders == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" + "XX")
    offenders = [str(module.path) for module in modules() if any(word in module.text for word in words)]
    assert offenders == []


def _most_lines(parts: tuple[str, ...]) -> int:
    return MODELS_LINES if "models" in parts or parts[-1] == "models.py" else MODULE_LINES
