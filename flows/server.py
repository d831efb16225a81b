"""Prefect's settings for a run from the command line. They must stand in the environment before Prefect is imported."""

from __future__ import annotations

import os

QUIET_LOCAL_SERVER = {
    # Offline, the telemetry logs an error on every run; and cleaning needs no network.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # The default of 20 s is exceeded on a busy machine, and the run would die before it began.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    # The temporary server's start-up notes would stand in the middle of our progress.
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}


def prepare_prefect() -> None:
    """Set what the person has not set; with ``PREFECT_API_URL`` set, Prefect uses that server, else a temporary one."""
    for name, value in QUIET_LOCAL_SERVER.items():
        os.environ.setdefault(name, value)
