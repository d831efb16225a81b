"""Errors that are the user's to mend. The command prints their message, without a traceback."""

from __future__ import annotations


class UsageError(Exception):
    """A wrong argument or setting: exit code 2. The message names the thing and the remedy."""


class RunError(Exception):
    """The run could not be finished (storage full, corpus locked, ...): exit code 1."""
