"""A paragraph inside a longer one; and when two articles are one story."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from pipeline.dedup import ArticleItem, Deduplication, ParagraphItem, find_duplicates
from pipeline.dedup.passages import PASSAGE_WORDS, SAMPLE, passage_pairs
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.stories import FORMULA_ARTICLES
from pipeline.settings import CanonicalSettings, DedupSettings


def prose(seed: int, words: int = 40) -> str:
    """Words that nothing else has, so that whatever is shared was put there."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abdeghiklmnoprstu", k=6)) for _ in range(words))


def found_in(*articles: list[str], urls: dict[int, str] | None = None) -> Deduplication:
    """Detection over articles given as their paragraphs."""
    items, parts = [], []
    for number, texts in enumerate(articles):
        name, body = f"a{number:03}", "\n\n".join(texts)
        url = (urls or {}).get(number)
        items.append(ArticleItem(name, name, None, url, None, None, None, len(body.split()), body))
        parts += [ParagraphItem(f"{name}-{order}", name, None, order, text) for order, text in enumerate(texts)]
    return find_duplicates(items, parts, DedupSettings(), CanonicalSettings())


def clusters(found: Deduplication) -> dict[str, str]:
    """Article to the one kept."""
    return {each.article_id: each.canonical_id for each in found.assignments}


def reworded(text: str, every: int) -> str:
    """Every so manieth word replaced."""
    return " ".join(f"new{at}" if at % every == 0 else word for at, word in enumerate(text.split(), start=1))


@pytest.mark.parametrize("around", [40, 400])
def test_a_paragraph_quoted_inside_a_longer_one_is_a_quote(around: int) -> None:
    """However long the text around it; nothing is marked as a repeat, as neither is the other's copy."""
    quote = prose(1, 30)
    found = found_in([quote, prose(2)], [f"{prose(3, around)} {quote} {prose(4, around)}", prose(5)])
    (pair,) = found.pairs
    assert (pair.level, pair.relation, pair.containment) == ("paragraph", "quote", 1.0)
    assert pair.jaccard < DedupSettings().paragraph_threshold
    assert found.repeats == {}


def test_a_passage_in_a_crowd_ties_each_to_the_shortest() -> None:
    """A saying that hundreds quote gives as many candidates as there are texts, not their square."""
    saying = prose(1, 20)
    texts = [f"{prose(10 + number)} {saying} {prose(1_000 + number)}" for number in range(200)] + [saying]
    passages = shingle_texts(texts, PASSAGE_WORDS)
    pairs = passage_pairs(passages, np.arange(len(texts)))
    assert {(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in pairs} == {(number, 200) for number in range(200)}


def test_what_is_indexed_of_a_text_depends_on_the_text_alone() -> None:
    """Texts proposed together are so whatever else is there, in any order of the others."""
    quote = prose(1, 30)
    pair = [quote, f"{prose(2)} {quote}"]
    for others in ([], [prose(seed) for seed in range(10, 30)]):
        texts = [*others, *pair]
        passages = shingle_texts(texts, PASSAGE_WORDS)
        packed = passage_pairs(passages, np.arange(len(texts)))
        assert [(int(each) >> 32, int(each) & 0xFFFFFFFF) for each in packed] == [(len(others), len(others) + 1)]
    assert SAMPLE > 1


def test_a_wire_story_with_a_new_lead_and_reworded_paragraphs_is_one_story() -> None:
    """Every sixth word differs, so that wholes share half their shingles; paragraph by paragraph they agree."""
    story = [prose(seed, 50) for seed in range(1, 7)]
    found = found_in(story, [prose(99, 15), *(reworded(text, 6) for text in story)])
    (pair,) = [pair for pair in found.pairs if pair.level == "article"]
    assert pair.jaccard < DedupSettings().article_threshold
    assert pair.relation == "syndication"
    assert len(set(clusters(found).values())) == 1


def test_a_formula_that_a_crowd_shares_glues_no_articles() -> None:
    """A long notice below short different stories: alike as wholes, but by the notice only."""
    notice = prose(1, 300)
    found = found_in(*([prose(seed, 40), notice] for seed in range(100, 100 + FORMULA_ARTICLES + 4)))
    assert all(article == kept for article, kept in clusters(found).items())
    assert any(pair.level == "paragraph" for pair in found.pairs)


def test_a_story_that_a_crowd_prints_is_still_one_story() -> None:
    """Many shared paragraphs that many articles hold are a wire story, each time with a lead of its own."""
    story = [prose(seed, 40) for seed in range(1, 7)]
    found = found_in(*([prose(seed, 15), *story] for seed in range(100, 100 + FORMULA_ARTICLES + 4)))
    assert len(set(clusters(found).values())) == 1


def test_a_rewritten_page_under_one_url_is_a_revision_and_another_front_page_is_not() -> None:
    """Half of the text new, facts changed: the same URL makes it a version; nothing in common makes it none."""
    old = [f"The count stood at {number} in ward {number + 7}. {prose(number, 30)}" for number in range(1, 5)]
    new = [text.replace(f"at {number} in", f"at {number * 31} in") for number, text in enumerate(old, start=1)]
    urls = dict.fromkeys((0, 1, 2), "https://one.example/story")
    found = found_in(old, [*new, prose(50, 60)], [prose(60, 90), prose(61, 90)], urls=urls)
    assert {(pair.left, pair.right, pair.relation) for pair in found.pairs if pair.level == "article"} == {
        ("a000", "a001", "revision")
    }
    assert clusters(found)["a002"] == "a002"


def test_the_reason_for_the_choice_is_stored_for_every_article() -> None:
    """Of one story in two lengths the longer is kept, and both say so."""
    story = [prose(seed, 50) for seed in range(1, 6)]
    found = found_in(story, story[:4])
    assert {each.reason for each in found.assignments} == {"most_words: 250 > 200"}
    assert all(one.article_id < other.article_id for one, other in pairwise(found.assignments))
