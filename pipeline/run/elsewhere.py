"""A stage function in a worker that somebody else has started: what must be the same there as here."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, TypeVar

from pipeline.errors import RunError
from pipeline.run.manifest import code_digest, digest, tool_versions
from pipeline.run.work import Job

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def build() -> str:
    """Digest of what is installed in this process: our code, and the versions of what shows in the corpus."""
    return digest([code_digest(), tool_versions()])


def elsewhere(function: Callable[..., T], wanted: str, *arguments: object) -> T:
    """Call ``function``, if this worker makes of its arguments what the driver would.

    :param wanted: ``build()`` of the driver. Manifests name the driver's code, so no other may write beside them.
    :raises RunError: something else is installed here, or the work folder is not seen from here.
    """
    here = platform.node()
    if build() != wanted:
        raise RunError(
            f"the worker on {here} has another copydesk, Python or library than the driver: "
            "install the same there, with constraints.txt"
        )
    for job in arguments:
        if isinstance(job, Job) and not job.work.folder.is_dir():
            raise RunError(
                f"the worker on {here} does not see the work folder {job.work.folder}: "
                "name one that every worker sees (run.work)"
            )
    return function(*arguments)
