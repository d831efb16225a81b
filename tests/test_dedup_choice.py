"""The canonical policy with its reasons, URLs of one page, and clusters that do not chain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import ArticleItem
from pipeline.dedup.canonical import Ranking, moment
from pipeline.dedup.cluster import stars
from pipeline.dedup.columns import article_columns
from pipeline.dedup.relate import pages, relate_paragraphs, url_key
from pipeline.settings import CanonicalSettings

ARTICLE = ArticleItem("m", "in/m.txt", "news.example", None, None, "2024-05-02", None, 100, "")


@pytest.mark.parametrize(
    ("better", "worse", "settings", "why"),
    [
        (
            {"id": "z", "words": 812},
            {"id": "a", "words": 790},
            CanonicalSettings(),
            "most_words: 812 > 790",
        ),
        (
            {"site": "agency.example", "words": 5},
            {"id": "a", "words": 900},
            CanonicalSettings(source_priority=("www.Agency.example",)),
            "source_priority: www.Agency.example before unlisted",
        ),
        (
            {"source": "wire/7.txt", "words": 5},
            {"id": "a", "site": "other.example", "words": 900},
            CanonicalSettings(source_priority=("wire/*", "other.example")),
            "source_priority: wire/* before other.example",
        ),
        (
            {"id": "z", "published": "2024-05-01T23:00:00+00:00"},
            {"id": "a", "published": "2024-05-02T01:30:00+02:00"},
            CanonicalSettings(),
            "earliest: 2024-05-01T23:00:00+00:00 before 2024-05-02T01:30:00+02:00",
        ),
        ({"id": "z"}, {"id": "a", "published": "sometime"}, CanonicalSettings(), "earliest: 2024-05-02 before undated"),
        ({"id": "a"}, {"id": "b"}, CanonicalSettings(), "smallest_id: a < b"),
        ({"id": "a", "words": 1}, {"id": "b"}, CanonicalSettings(policy=()), "smallest_id: a < b"),
        (
            {"id": "z", "words": 1, "published": "2020-01-01"},
            {"id": "a", "words": 900},
            CanonicalSettings(policy=("earliest", "most_words")),
            "earliest: 2020-01-01 before 2024-05-02",
        ),
    ],
)
def test_the_policy_decides_in_its_order_and_says_why(
    better: dict[str, object], worse: dict[str, object], settings: CanonicalSettings, why: str
) -> None:
    """The first criterion that differs decides, and the reason names it with both values."""
    kept, other = replace(ARTICLE, **better), replace(ARTICLE, **worse)  # type: ignore[arg-type]
    ranking = Ranking(article_columns([other, kept]), settings)
    assert ranking.by_policy().tolist() == [1, 0]
    assert ranking.reason(1, 0) == why


def test_moments_compare_dates_times_and_zones() -> None:
    """A date is its first moment, no zone means UTC, and what cannot be read comes last."""
    assert moment("2024-05-02") == moment("2024-05-02T00:00:00Z") == moment("2024-05-02T02:00:00+02:00")
    assert moment("0001-01-01T00:00:00+14:00") < moment("2024") == moment(None) == moment("32 May")


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/a/story",
        "https://www.news.example/a/story/",
        "https://NEWS.example:443/a/story?utm_source=mail&fbclid=x#comments",
    ],
)
def test_spellings_of_one_url_have_one_key(other: str) -> None:
    """Scheme, www, case of the host, default port, trailing slash, trackers and fragment do not matter."""
    assert url_key(other) == url_key("https://news.example/a/story") == "news.example/a/story"


def test_a_page_from_an_archive_has_the_key_of_the_page() -> None:
    """Whenever it was archived, so that two captures are known to be of one page."""
    captures = ("20240305083000/https://www.news.example/a/story", "20250101000000if_/http://news.example/a/story")
    keys = {url_key(f"https://web.archive.org/web/{capture}") for capture in captures}
    assert keys == {url_key("https://news.example/a/story")}


def test_other_pages_have_other_keys() -> None:
    """Path, host and meaningful parameters do matter, and what is no web address has no key."""
    urls = ("https://a.example/1", "https://a.example/2", "https://b.example/1", "https://a.example/1?page=2")
    assert len({url_key(url) for url in urls}) == 4
    broken = (None, "", "not a url", "file:///etc/hosts", "https://", "https://[", "https://a.example/" + "x" * 3_000)
    assert {url_key(url) for url in broken} == {None}


def test_the_relation_of_a_paragraph_follows_from_its_articles() -> None:
    """One URL: revision; articles agree: syndication; a formula of one site: template; else quote."""
    assert relate_paragraphs(one_page=True, agree=False, articles_of_site=lambda: 9) == "revision"
    assert relate_paragraphs(one_page=False, agree=True, articles_of_site=lambda: 9) == "syndication"
    assert relate_paragraphs(one_page=False, agree=False, articles_of_site=lambda: 3) == "template"
    assert relate_paragraphs(one_page=False, agree=False, articles_of_site=lambda: 2) == "quote"


def test_articles_of_one_page_have_one_number() -> None:
    """Spellings of one URL are one page; articles whose URL is unknown share none."""
    urls = ("https://news.example/a", None, "http://www.news.example/a/", "https://news.example/b", None)
    assert pages(urls).tolist() == [0, -1, 0, 1, -1]


@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] < pair[1])))
def test_a_member_is_always_directly_similar_to_its_centre(similar: set[tuple[int, int]]) -> None:
    """Centres point at themselves, members at a centre they match, and no centre matches an earlier centre."""
    centre = stars(13, *np.array(sorted(similar), dtype=np.int64).reshape(-1, 2).T).tolist()
    for text, chosen in enumerate(centre):
        assert centre[chosen] == chosen
        assert chosen == text or (chosen, text) in similar
        if chosen == text:
            assert not any(centre[other] == other and (other, text) in similar for other in range(text))
