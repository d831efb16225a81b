"""Pages that were saved as one line: where the boundary network cuts them, and what it leaves alone."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.assemble.article import assemble_all
from pipeline.label.labeller import load_labeller
from pipeline.records import Page, RawPage
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split import split_page
from pipeline.split.breaks import load_boundaries
from pipeline.split.breaks.words import measured
from pipeline.split.sentences import sentences
from tests.growth import LINEAR, growth
from tests.labelled import LANGUAGES, labelled_page
from tests.strategies.split import nasty_lines

TITLE = "Old ferry sails again after three winters in the yard"
BYLINE = "By Nora Whitfield"
FIRST = "The old ferry left the harbour on Monday morning for the first time since the storm."
PROSE = (
    f"{FIRST} Some two hundred people stood on the quay, and the band of the fire brigade played until the rain "
    "came. “We did not think that we would see her again,” said Mr. Aldous Finch, who has sold the tickets for "
    "twenty years. The yard had found rot below the water line, and the council argued for a whole winter about who "
    "should pay. In the end it was a sum from a lottery in the capital, and much work for nothing. The ferry takes "
    "forty passengers and, on calm days, one car. It needs half an hour to the island, where the only shop had "
    "closed in the meantime; its owner, a Dutchman called van der Meer, says that he will open again in spring. "
    "Nobody knows how long the engine will last. It was built in 1957, and the firm that built it is gone. "
)
PAGE = (
    "Skip to content Home News Sport Culture Weather Log in Subscribe "
    f"{TITLE} {BYLINE} March 3, 2024 {PROSE}{PROSE.replace('ferry', 'boat')}"
    "Share this article Facebook Twitter Email Related articles Bridge closed for repairs until summer "
    "New timetable for the night train Sign up to our newsletter Enter your email address Subscribe "
    "About us Contact Privacy policy Terms of use © 2024 The Harbour Gazette. All rights reserved."
)
JAPANESE = (
    "ホーム ニュース スポーツ 天気 ログイン 港の古い船が三年ぶりに運航を再開 "
    + "古い船は月曜日の朝、嵐のあと初めて港を出た。岸には二百人ほどが集まった。" * 60
    + " 関連記事 橋は夏まで通行止め プライバシーポリシー お問い合わせ"
)


def raw(content: str, form: Literal["text", "html"] = "text") -> RawPage:
    """A page of this content."""
    return RawPage("/in", "a.txt", form, content, "utf-8", "0" * 64, len(content))


def split(content: str, form: Literal["text", "html"] = "text", *, lost_breaks: bool = True) -> Page:
    """The page as a run reads it."""
    page = split_page(raw(content, form), SplitSettings(lost_breaks=lost_breaks), NormaliseSettings())
    assert isinstance(page, Page)
    return page


def pieces(content: str, *, lost_breaks: bool = True) -> list[str]:
    """Texts of its lines."""
    return [line.text for line in split(content, lost_breaks=lost_breaks).lines]


def test_menu_headline_and_text_are_told_apart() -> None:
    """In a page of one line the headline and the first sentence are pieces, as are the entries of the menu."""
    found = pieces(PAGE)
    assert {"Skip to content", "Log in", TITLE, FIRST, "Privacy policy"} <= {*found}
    assert [line.part for line in split(PAGE).lines] == [*range(1, len(found) + 1)]


def test_what_is_told_apart_is_published_apart() -> None:
    """Of such a page the article is published without menu and footer, its title known and its sentences whole."""
    page, labeller = split(PAGE), load_labeller(LabelSettings())
    (article,) = assemble_all(
        [page], labeller.label([page]), labeller, split=SplitSettings(), normalise=NormaliseSettings()
    )
    text = " ".join(article.text.split())
    assert PROSE.strip() in text
    assert "Skip to content" not in text
    assert "All rights reserved" not in text


def test_headlines_in_several_languages() -> None:
    """Of made-up pages in one line most headlines are blocks again, in every language some."""
    whole = {}
    for language in LANGUAGES:
        pages = [labelled_page(seed, language, "news") for seed in range(8)]
        found = {*load_boundaries().blocks(" ".join(text for page in pages for text, _, _ in page.lines))}
        whole[language] = sum(page.title in found for page in pages)
    assert sum(whole.values()) >= 0.75 * 8 * len(LANGUAGES)
    assert min(whole.values()) > 1


def test_prose_with_line_ends_around_is_cut_at_sentences_only() -> None:
    """A paragraph that is too long to be judged as one, between others, is cut as it was before."""
    long = (PROSE * 8).strip()
    assert len(long) > SplitSettings().huge_line_chars
    found = pieces("\n\n".join([TITLE, long, *["A short paragraph of a few words."] * 3]))
    assert found[1:-3] == [*sentences(long)]


def test_lines_of_ordinary_length_are_whole() -> None:
    """Menu and text in one line of a page that has line ends stay one line."""
    content = "\n".join([f"Home News Sport {TITLE} {FIRST}", PROSE.strip(), PROSE.strip()])
    assert pieces(content) == content.split("\n")


def test_the_setting_leaves_sentences() -> None:
    """With ``split.lost_breaks`` off such a page is cut at sentence ends alone."""
    assert pieces(PAGE, lost_breaks=False) == [*sentences(PAGE)]


def test_html_knows_its_blocks() -> None:
    """Text in one element of HTML is cut at sentence ends alone, however long it is."""
    page = split(f"<html><body><p>{PAGE * 3}</p></body></html>", "html")
    assert [line.text for line in page.lines] == [*sentences(" ".join((PAGE * 3).split()))]


def test_scripts_without_capitals_and_spaces() -> None:
    """A Japanese page in one line is cut where its blocks ended, and no sentence is."""
    found = pieces(JAPANESE)
    assert "".join(found).replace(" ", "") == JAPANESE.replace(" ", "")
    assert any(piece.startswith("古い船は月曜日の朝") for piece in found)
    assert all(piece.endswith("。") for piece in found if piece.startswith(("古い船は", "岸には")))


@given(st.lists(nasty_lines, max_size=12))
def test_nothing_is_lost(lines: list[str]) -> None:
    """Joined, the blocks of a line are the line but for white space, and none is empty."""
    line = " ".join(lines)
    found = [*load_boundaries().blocks(line)]
    assert all(block.strip() == block and block for block in found)
    assert "".join("".join(found).split()) == "".join(line.split())


def test_more_words_than_are_read_at_once() -> None:
    """What is read at once bounds memory only: every word of a longer line gets its chance."""
    words = (PAGE.split() * 100)[: (1 << 14) + 10]
    chances = load_boundaries().chances(words)
    assert len(chances) == len(words)
    assert chances[0] == 0
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (chances[: 1 << 14] == load_boundaries().chances(words[: 1 << 14])).all()


def test_words_are_known_by_their_letters() -> None:
    """Case, digits and marks around it do not change the key of a word, and marks have none."""
    _, keys = measured(["Photos:", "photos", "2024", "1957.", "|", "photo"])
    assert keys[0] == keys[1]
    assert keys[2] == keys[3]
    assert keys[4] == 0
    assert keys[5] not in {0, keys[0]}


@pytest.mark.parametrize("piece", ["a ", "Ab. ", "| ", "a.b", "日本 "])
def test_time_is_linear(piece: str) -> None:
    """A line of whatever repeats costs no more than its length."""

    def work(size: int) -> None:
        for _ in load_boundaries().blocks(PAGE + piece * size):
            pass

    assert growth(work, 8_000) < LINEAR
