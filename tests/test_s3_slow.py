"""A corpus in an object store: a real server that speaks S3's protocol, on this machine.

The server and the S3 client are installed by ``make test-s3`` only, which sets ``COPYDESK_TEST_S3``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copydesk
from tests.pages import stories

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COPYDESK_TEST_S3"), reason="needs `make test-s3`"),
]

PAGES = 12


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty bucket ``desk``; gives the environment that leads to it."""
    log = tmp_path_factory.mktemp("store") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], stdout=out, stderr=out
        )
    try:
        url = ""
        while not url:
            assert process.poll() is None, log.read_text()
            url = next((word for word in log.read_text().split() if word.startswith("http://127.0.0.1:")), "")
            time.sleep(0.2)
        urllib.request.urlopen(urllib.request.Request(f"{url}/desk", method="PUT"), timeout=60).close()
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
        }
    finally:
        process.terminate()
        process.wait(timeout=30)


def test_a_corpus_in_an_object_store_equals_one_in_a_folder(store: dict[str, str], tmp_path: Path) -> None:
    """Raw files read from s3:// and published there; the export is that of a folder, the second run finds all known."""
    (tmp_path / "in").mkdir()
    for number, story in enumerate(stories(PAGES, sites=3)):
        page = story.html().encode()
        (tmp_path / "in" / f"{number}.html").write_bytes(page)
        url = f"{store['AWS_ENDPOINT_URL']}/desk/raw/{number}.html"
        upload = urllib.request.Request(url, page, {"Content-Type": "text/html"}, method="PUT")
        urllib.request.urlopen(upload, timeout=60).close()
    exports: list[list[Any]] = []
    for source, corpus in (("s3://desk/raw", "s3://desk/corpus"), (str(tmp_path / "in"), str(tmp_path / "corpus"))):
        environment = store | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        first = copydesk("run", source, "--corpus", corpus, "--local", **environment)
        assert first.returncode == 0, first.stderr
        again = copydesk("run", source, "--corpus", corpus, "--local", **environment)
        assert again.returncode == 0, again.stderr
        assert f"0 new, {PAGES} unchanged" in again.stderr
        out = tmp_path / f"{len(exports)}.jsonl"
        done = copydesk("export", "--corpus", corpus, "--format", "jsonl", "--all", "--out", out, **environment)
        assert done.returncode == 0, done.stderr
        exports.append([json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()])
    assert len(exports[0]) == PAGES
    assert exports[0] == exports[1]
    listing = urllib.request.urlopen(f"{store['AWS_ENDPOINT_URL']}/desk?list-type=2&prefix=corpus/", timeout=60)
    assert b"<Key>corpus/articles/_delta_log/" in listing.read()
