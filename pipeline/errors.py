"""Errors that are the user's to mend. The command prints their message, without a traceback."""

from __future__ import annotations

import errno

LASTING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP})
"""What storage says that waiting does not mend: a person must make room, or give another place."""


class UsageError(Exception):
    """A wrong argument or setting: exit code 2. The message names the thing and the remedy."""


class RunError(Exception):
    """The run could not be finished (storage full, corpus locked, ...): exit code 1."""


def is_passing(error: BaseException) -> bool:
    """Whether an error, or what caused it, is one of the storage that may be gone in a minute: worth a retry.

    A lost connection, a time-out, a stale network mount. Not a missing file, a permission or a full disk; never a
    mistake in the settings; and no fault of a document, because those are no errors but quarantine.
    """
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, UsageError):
            return False
        if isinstance(cause, OSError):
            lasting = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
            return not isinstance(cause, lasting) and cause.errno not in LASTING
        seen.add(id(cause))
        cause = cause.__cause__
    return False
