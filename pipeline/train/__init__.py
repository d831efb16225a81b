"""Trains the line network from labelled pages (``copydesk train``; needs PyTorch). Start reading at ``run``."""

from __future__ import annotations

import importlib.util
from typing import Final

from pipeline.errors import UsageError

NEEDED: Final = ("torch", "resiliparse", "inscriptis")


def check_packages() -> None:
    """:raises UsageError: if what only training needs is not installed."""
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if absent:
        raise UsageError(f"training needs {' and '.join(absent)}: pip install 'copydesk[train]'")
