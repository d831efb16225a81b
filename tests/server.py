"""A Prefect server of its own for tests, and its API."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

SERVER_SECONDS = 180
"""A server that compiles its bytecode on a busy machine takes half a minute."""
BUSY_SECONDS = 120
"""How long a server may be busy with other requests."""
ANSWER_SECONDS = 30
"""One that did not answer in this time is asked again."""
STOP_SECONDS = 15
"""A server waits for clients that keep a connection open, such as a worker's; nothing of it is wanted any more."""


@contextmanager
def prefect_server(home: Path, *, pages: bool = False) -> Iterator[str]:
    """A server that keeps everything in ``home``; gives its API URL.

    :param pages: whether it also serves its pages for people.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_ENABLED": str(pages).lower(),
        "PREFECT_SERVER_UI_API_URL": f"http://127.0.0.1:{port}/api",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}/api"
    try:
        for _ in range(SERVER_SECONDS):
            try:
                urllib.request.urlopen(f"{url}/health", timeout=2).close()
                break
            except OSError:
                assert process.poll() is None, (home / "log").read_text()
                time.sleep(1)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def asked(server: str, path: str, **body: Any) -> Any:
    """What the server's API answers; nothing asked here does harm if it is asked twice."""
    request = urllib.request.Request(
        f"{server}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as response:
                return json.loads(response.read())
        # Its database is busy with another writer, and it says so or is silent; Prefect's own client asks again too.
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > until:
                raise
        except TimeoutError:
            if time.monotonic() > until:
                raise
        time.sleep(1)
