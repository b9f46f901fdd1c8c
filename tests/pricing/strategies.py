"""What hypothesis may think of."""

import os

from hypothesis import settings
from hypothesis import strategies as st

# Shared cores are slow at times; a slow example is no failure.
calmly = settings(max_examples=int(os.environ.get("PRICING_CASES", "100")), deadline=None)
GROUPS = ("tea", "milk", "cake")

# Every choice of a case is hypothesis's own, so a failing case shrinks.
choices = st.randoms(use_true_random=False)


def some(words: tuple[str, ...], least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(words), min_size=least)
