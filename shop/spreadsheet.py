"""Cells that people open with a spreadsheet."""

# What a spreadsheet would take for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def unharmed(cell: str) -> str:
    """The text, behind an apostrophe where it would be taken for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
