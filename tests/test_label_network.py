"""The line network: what it makes of pages in several languages, and that its numbers hang on the page alone."""
# ruff: noqa: E501  (a paragraph of a scraped page is one line)

from __future__ import annotations

import io
import time
from importlib import resources

import numpy as np
import pytest

from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.network.codepoints import Class, classify
from pipeline.label.network.features import DENSE, measure
from pipeline.label.network.lexicon import part_of_word
from pipeline.label.network.model import KINDS, Network, load_network, worth_keeping
from pipeline.records import BODY, Kind
from pipeline.settings import LabelSettings
from tests.strategies.label import page_of

MENU = ["Home", "News", "Sport", "Log in"]
FOOTER = ["Share on Facebook", "Most read", "Privacy policy", "© 2024 The Example. All rights reserved."]
PROSE = {
    "english": [
        "The village opened its new library on Saturday, three years after the old one had burnt down to the ground.",
        "More than two hundred people came to the opening, and many of them brought books from their own shelves.",
        "The mayor thanked the builders, who had worked through the winter so that the roof was closed before the snow.",
    ],
    "german": [
        "Das Dorf hat am Samstag seine neue Bücherei eröffnet, drei Jahre nachdem die alte bis auf die Mauern abgebrannt war.",
        "Mehr als zweihundert Menschen kamen zur Eröffnung, und viele von ihnen brachten Bücher aus ihren eigenen Regalen mit.",
        "Der Bürgermeister dankte den Handwerkern, die den ganzen Winter hindurch gearbeitet hatten, damit das Dach dicht war.",
    ],
    "japanese": [
        "村は土曜日、三年前に全焼した古い図書館に代わる新しい図書館を開き、多くの住民が朝から列を作った。",
        "開館式には二百人以上が集まり、その多くが自宅の本棚から大切な本を持ち寄って寄贈した。",
        "村長は、雪が降る前に屋根を仕上げるため冬の間も働き続けた大工たちに感謝の言葉を述べた。",
    ],
    "russian": [
        "В субботу в деревне открылась новая библиотека, спустя три года после того, как старая сгорела дотла.",
        "На открытие пришло более двухсот человек, и многие из них принесли книги со своих собственных полок.",
        "Глава деревни поблагодарил строителей, которые работали всю зиму, чтобы крыша была готова до снегопада.",
    ],
}


def scores_of(lines: list[str]) -> list[float]:
    """Probability of body for each line of a page without blank lines."""
    scores: list[float] = load_network().score([lines], [[False] * len(lines)])[0].body.tolist()
    return scores


@pytest.mark.parametrize("language", PROSE)
def test_prose_scores_above_menus_and_footers(language: str) -> None:
    """In each language every sentence is likelier to be body than every line of chrome, and they alone are kept."""
    prose = PROSE[language]
    scores = scores_of([*MENU, *prose, *FOOTER])
    body, chrome = scores[len(MENU) : len(MENU) + len(prose)], scores[: len(MENU)] + scores[len(MENU) + len(prose) :]
    assert min(body) > max(chrome)
    assert np.mean(chrome) < 0.5
    lines = [(text, False, number, "") for number, text in enumerate([*MENU, *prose, *FOOTER], 1)]
    labels = load_labeller(LabelSettings()).label([page_of(lines, html=False)])[0]
    kept = [label.kind in BODY or label.kind is Kind.TITLE for label in labels]
    assert kept == [False] * len(MENU) + [True] * len(prose) + [False] * len(FOOTER)


def test_scores_do_not_depend_on_the_batch() -> None:
    """A page has the same scores to the bit alone, among others, and in any order."""
    pages = [[*MENU, *prose, *FOOTER][: 3 + 2 * number] for number, prose in enumerate([*PROSE.values()] * 5)] + [[]]
    blanks = [[index % 3 == 0 for index in range(len(page))] for page in pages]
    together = load_network().score(pages, blanks)
    backwards = load_network().score(pages[::-1], blanks[::-1])[::-1]
    alone = [load_network().score([page], [blank])[0] for page, blank in zip(pages, blanks, strict=True)]
    for first, second, third in zip(together, backwards, alone, strict=True):
        assert first.body.tolist() == second.body.tolist() == third.body.tolist()
        assert first.kinds.tolist() == second.kinds.tolist() == third.kinds.tolist()


def test_scores_are_rounded_and_kinds_are_probabilities() -> None:
    """A label's score has four digits; the kinds of each line add up to one."""
    page = page_of([(text, False, number, "") for number, text in enumerate(PROSE["english"])], html=False)
    for label in load_labeller(LabelSettings(labeller="network")).label([page])[0]:
        assert label.score == round(label.score, 4)
    kinds = load_network().score([PROSE["english"]], [[False] * 3])[0].kinds
    assert kinds.shape == (3, len(KINDS)) == (3, len(Kind))
    assert np.allclose(kinds.sum(1), 1, atol=1e-5)


def test_the_version_hangs_on_the_weights() -> None:
    """Other weights give another version; the same give the same."""
    raw = resources.files("pipeline.label.network").joinpath("weights.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as arrays:
        changed = {name: arrays[name] for name in arrays}
    changed["bo"] = changed["bo"] + np.float16(1)
    other = io.BytesIO()
    np.savez_compressed(other, **changed)
    labeller = load_labeller(LabelSettings(labeller="network"))
    assert isinstance(labeller, NetworkLabeller)
    assert Network(raw).digest == load_network().digest
    assert load_network().digest in labeller.version
    assert Network(other.getvalue()).digest != load_network().digest


def test_it_is_loaded_quickly() -> None:
    """Weights and tables are ready within two seconds of processor time, which is ten times what they need."""
    started = time.process_time()
    load_network.__wrapped__().score([["One line"]], [[False]])
    assert time.process_time() - started < 2


def test_the_decision_keeps_lines_above_half_of_the_expected_f1() -> None:
    """On a sure page the limit is about one half; on a page of doubt it falls, but never below a tenth."""
    even = np.ones(4, dtype=np.float32)
    assert worth_keeping(np.array([0.99, 0.97, 0.4, 0.02], dtype=np.float32), even).tolist() == [
        True,
        True,
        False,
        False,
    ]
    assert worth_keeping(np.array([0.4, 0.35, 0.3, 0.02], dtype=np.float32), even).tolist() == [True, True, True, False]
    assert not worth_keeping(np.array([0.05, 0.04, 0.03, 0.02], dtype=np.float32), even).any()
    assert worth_keeping(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32)).tolist() == []


def test_odd_lines_are_measured() -> None:
    """Empty lines, lone surrogates, characters beyond the basic plane and very long lines have finite numbers."""
    lines = ["", "\ud800", "𠀀𠀁", "😀", "a" * 150_000, "。", "---"]
    measured = measure([lines], [[False] * len(lines)])
    assert measured.dense.shape == (len(lines), DENSE)
    assert np.isfinite(measured.dense).all()
    assert np.isfinite(load_network().score([lines], [[False] * len(lines)])[0].body).all()


def test_a_word_in_a_script_without_blanks_is_half_a_word_a_character() -> None:
    """Lengths can be compared between scripts."""
    width = measure([["one two three four", "東京都庁"]], [[False, False]]).width
    assert width.tolist() == [4.0, 2.0]


def test_characters_have_the_class_of_their_script() -> None:
    """Cased letters, letters without case, dense scripts, digits and stops are told apart; digits are folded."""
    kinds, forms = classify(np.frombuffer("aAא東ก7.७".encode("utf-32-le"), dtype=np.uint32))
    assert [Class(kind) for kind in kinds.tolist()] == [
        *(Class.LOWER, Class.UPPER, Class.LETTER, Class.DENSE, Class.DENSE, Class.DIGIT, Class.STOP, Class.DIGIT)
    ]
    assert forms[0] == forms[1] == ord("a")
    assert forms[5] == forms[7] == ord("0")


def test_the_lexicon_names_each_word_once() -> None:
    """A word belongs to the first part that names it, in lower case."""
    words = part_of_word()
    assert words["newsletter"] != words["datenschutz"]
    assert all(word == word.lower() and len(word) > 1 for word in words)
