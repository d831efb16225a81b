"""Looking a text up: what is near it, how near, and what is said where nothing can be asked."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.command import main
from pipeline.corpus.open import Corpus
from pipeline.dedup.shingles import shingles
from pipeline.errors import UsageError
from pipeline.lookup import look_up
from pipeline.show.lookup import print_lookup, word_diff
from tests.conftest import clean
from tests.pages import stories

Folder = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Six stories of two sites."""
    place = tmp_path_factory.mktemp("lookup")
    for number, one in enumerate(stories(6, sites=2)):
        (place / f"{number}.txt").write_text(one.text(), "utf-8")
    return clean(place / "corpus", place)


def longest(corpus: Corpus) -> dict[str, str]:
    """The paragraph with the most words."""
    rows = corpus.table("paragraphs").to_pylist()
    return max(rows, key=lambda row: (len(row["text"].split()), row["id"]))


def test_a_paragraph_is_found_with_its_exact_similarity(corpus: Corpus) -> None:
    """An edited paragraph is found where it stands, with the similarities that its word pairs have by definition."""
    row = longest(corpus)
    words = row["text"].split()
    asked = " ".join(["Entirely", *words[1:-1], "otherwise"])
    found = look_up(corpus, asked).paragraphs
    assert row["id"] in found[0].places
    one, other = set(shingles(asked, 2)), set(shingles(row["text"], 2))
    assert found[0].jaccard == len(one & other) / len(one | other)
    assert found[0].containment == len(one & other) / min(len(one), len(other))
    assert found[0].text == row["text"]


def test_a_copy_in_other_case_and_a_short_line_are_found_exactly(corpus: Corpus) -> None:
    """Copies are those of folded words, also below the length from which texts are compared."""
    rows = corpus.table("paragraphs").to_pylist()
    for row in (longest(corpus), min(rows, key=lambda row: (len(row["text"].split()), row["id"]))):
        (found, *_) = look_up(corpus, row["text"].upper() + " !").paragraphs
        assert (found.jaccard, found.containment, found.estimated) == (1, 1, 1)
        assert row["id"] in found.places


def test_an_article_is_found_by_its_text_and_by_its_paragraphs(corpus: Corpus) -> None:
    """The whole text is near itself; two of its paragraphs alone find it through them, contained."""
    row = max(corpus.table("articles").to_pylist(), key=lambda row: (row["words"], row["id"]))
    whole = look_up(corpus, row["text"]).articles[0]
    assert (whole.id, whole.jaccard) == (row["id"], 1)
    part = look_up(corpus, "\n\n".join(row["text"].split("\n\n")[:2]), threshold=0.9)
    assert row["id"] in {article.id for article in part.articles}
    assert all(max(article.jaccard, article.containment) >= 0.9 for article in part.articles)


def test_another_threshold_needs_no_other_search(corpus: Corpus) -> None:
    """Raised and lowered again the result is the same, and what it lists passes."""
    asked = " ".join(longest(corpus)["text"].split()[:20])
    found = look_up(corpus, asked, threshold=0.2)
    assert found.at(0.9).at(0.2) == found
    assert look_up(corpus, asked, threshold=0.9).paragraphs == found.at(0.9).paragraphs
    assert look_up(corpus, "nothing of the kind " * 5).paragraphs == ()


def test_no_text_no_corpus_and_no_index_are_told(corpus: Corpus, tmp_path: Path) -> None:
    """Each with what to do about it, as a usage error."""
    with pytest.raises(UsageError, match="no word"):
        look_up(corpus, " — … \n\n !")
    copy = tmp_path / "copy"
    shutil.copytree(corpus.path, copy)
    shutil.rmtree(copy / "_near")
    with pytest.raises(UsageError, match=r"has no index .*copydesk run"):
        look_up(Corpus.open(copy), "some words")
    assert main(["lookup", "some words", "--corpus", str(tmp_path / "none")]) == 2
    assert main(["lookup", "no/such/file.txt", "--corpus", str(corpus.path)]) == 2


def test_the_command_reads_files_and_writes_json(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file's content is looked up; the JSON has paragraphs, articles, similarities and the release."""
    row = longest(corpus)
    asked = tmp_path / "asked.txt"
    asked.write_text(row["text"], "utf-8")
    assert main(["lookup", str(asked), "--corpus", corpus.path, "--json", "--threshold", "0.5"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["release"] == 1
    assert said["threshold"] == 0.5
    assert row["id"] in said["paragraphs"][0]["places"]
    assert row["article_id"] in {article["id"] for article in said["articles"]}


def test_the_words_that_differ_are_shown_and_cannot_act(corpus: Corpus) -> None:
    """Removed and added words are marked, and control characters of scraped text are written out."""
    assert word_diff("a b c", "a x c d").plain == "a [-b-]{+x+} c {+d+}"
    assert word_diff("a", "a \x1b[31mb").plain == "a {+\\x1b[31mb+}"
    shown = io.StringIO()
    print_lookup(look_up(corpus, longest(corpus)["text"] + " indeed"), shown)
    assert "[-indeed-]" in shown.getvalue()
    shown = io.StringIO()
    print_lookup(look_up(corpus, "nothing of the kind " * 5), shown)
    assert "nothing at 0.4 or nearer in release 1" in shown.getvalue()
