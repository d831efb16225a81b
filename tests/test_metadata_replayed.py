"""Addresses of pages that an archive replays or a cache serves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metadata.replayed import original_url
from pipeline.metadata.sites import site_of
from tests.growth import LINEAR, growth

PAGE = "https://www.post.example/2024/ferry?id=7"


@pytest.mark.parametrize(
    ("shown", "original"),
    [
        (f"https://web.archive.org/web/20240305083000/{PAGE}", PAGE),
        (f"http://web.archive.org/web/20240305083000if_/{PAGE}", PAGE),
        (f"https://web.archive.org/web/2024/{PAGE}", PAGE),
        ("https://web.archive.org/web/2024/post.example/ferry", "http://post.example/ferry"),
        ("https://web.archive.org/web/2024*/post.example", "https://web.archive.org/web/2024*/post.example"),
        (f"https://arquivo.example/wayback/20240305083000/{PAGE}", PAGE),
        (f"https://archive.example/20240305083000mp_/{PAGE}", PAGE),
        (f"https://archive.ph/2024.03.05-083000/{PAGE}", PAGE),
        ("https://web.archive.org/web/20240305083000/http:/post.example/ferry", "http://post.example/ferry"),
        ("https://post-example.cdn.ampproject.org/c/s/post.example/ferry", "https://post.example/ferry"),
        ("https://www.google.com/amp/s/post.example/ferry", "https://post.example/ferry"),
        ("https://post.example/amp/s/ferry.html", "https://post.example/amp/s/ferry.html"),
        (PAGE, PAGE),
        (f"https://share.example/?u={PAGE}", f"https://share.example/?u={PAGE}"),
        (f"https://post.example/20240305/{PAGE}", f"https://post.example/20240305/{PAGE}"),
        ("", ""),
    ],
)
def test_the_pages_own_address(shown: str, original: str) -> None:
    """Archives and caches are seen through; other addresses are left alone, whatever stands in them."""
    assert original_url(shown) == original
    assert original_url(original) == original


def test_a_page_from_an_archive_belongs_to_its_site() -> None:
    """Templates are sought among the pages of the site, not of the archive."""
    assert site_of(f"https://web.archive.org/web/20240305083000/{PAGE}") == "post.example"


@given(st.text())
def test_nothing_breaks_it(url: str) -> None:
    """Whatever the address."""
    assert original_url(f"https://web.archive.org/web/2024/{url}") is not None


@pytest.mark.parametrize("unit", ["a/", "20240305083000/", "https://web.archive.org/web/20240305083000/", "/"])
def test_time_is_linear(unit: str) -> None:
    """Addresses come from strangers."""
    assert growth(lambda size: original_url("https://a.example/" + unit * size), 100) < LINEAR
