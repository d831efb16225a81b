"""The second reading: it hangs on the page alone, keeps whole what is all body, and sees words that lines share."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from importlib import resources
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.label.labeller import NetworkLabeller, load_labeller
from pipeline.label.network.model import Scores, load_network, worth_keeping
from pipeline.label.network.second import (
    COLUMNS,
    SHARED_WORDS,
    SecondReading,
    load_second_reading,
    log_odds,
    surroundings,
)
from pipeline.records import Kind
from pipeline.settings import LabelSettings
from tests.strategies.label import page_of, texts
from tests.test_label_network import FOOTER, MENU, PROSE

NEEDS_TRAINING = pytest.mark.skipif(
    os.environ.get("COPYDESK_TEST_TRAINING") != "1" and find_spec("torch") is None, reason="needs the extra `train`"
)


def scored(*pages: list[str]) -> list[Scores]:
    """What the network says of pages without blank lines."""
    return load_network().score(pages, [[False] * len(page) for page in pages])


def test_a_page_reads_the_same_in_every_batch() -> None:
    """A page has the same numbers to the bit alone, among others, and in any order; one without lines has none."""
    pages = scored(*([*MENU, *prose, *FOOTER][: 3 + number] for number, prose in enumerate([*PROSE.values()] * 4)), [])
    reading = load_second_reading()
    together = [own.tolist() for own in reading.read(pages)]
    backwards = [own.tolist() for own in reading.read(pages[::-1])][::-1]
    alone = [reading.read([page])[0].tolist() for page in pages]
    assert together == backwards == alone
    assert together[-1] == []
    assert reading.read([]) == []


def test_a_page_of_few_lines_keeps_its_scores() -> None:
    """There is nothing to be read around a line of a short page: the network's word stands."""
    scores = scored([*MENU, *PROSE["english"], *FOOTER])
    assert load_second_reading().read(scores)[0].tolist() == pytest.approx(scores[0].body.tolist(), abs=6e-4)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=90))
def test_no_line_is_moved_far(page: list[str]) -> None:
    """Whatever the page, its numbers are finite, have four digits, and differ from the network's by bounded odds."""
    scores = scored(page)
    table = surroundings(scores)
    assert table.shape == (len(page), COLUMNS)
    assert np.isfinite(table).all()
    read = load_second_reading().read(scores)[0]
    assert read.tolist() == np.round(read, 4).tolist()
    assert (np.abs(log_odds(read) - log_odds(scores[0].body)) < 4.2).all()


@pytest.mark.parametrize("language", PROSE)
def test_a_page_of_body_alone_stays_whole(language: str) -> None:
    """Sentences without chrome are all kept in each language; only the first may be taken for the title."""
    lines = [(text, False, number, "") for number, text in enumerate(PROSE[language] * 30)]
    labels = load_labeller(LabelSettings()).label([page_of(lines, html=False)])[0]
    assert {label.kind for label in labels[1:]} == {Kind.PARAGRAPH}
    assert labels[0].kind in {Kind.PARAGRAPH, Kind.TITLE}


def test_a_page_the_network_is_sure_of_stays_whole() -> None:
    """Where every line is almost certainly body, no line falls."""
    scores = scored([*MENU, *PROSE["english"], *FOOTER] * 8)[0]
    sure = replace(scores, body=np.full(len(scores.body), 0.99, dtype=np.float32))
    assert worth_keeping(load_second_reading().read([sure])[0], sure.width).all()


def test_prose_still_stands_above_menus_and_footers() -> None:
    """After the second reading every sentence is likelier than every line of chrome."""
    prose = PROSE["english"]
    body = load_second_reading().read(scored([*MENU, *prose, *FOOTER]))[0]
    own = body[len(MENU) : len(MENU) + len(prose)]
    assert own.min() > np.delete(body, np.arange(len(MENU), len(MENU) + len(prose))).max()


def test_words_that_stand_in_sure_lines_are_seen() -> None:
    """Of two doubtful lines in one place, the one whose words stand in sure lines is measured as closer to the body."""
    prose = PROSE["english"]
    about_it = "The mayor and the builders came to the opening of the library in the village on Saturday."
    of_others = "Seven surprising kitchen gadgets under twenty pounds that chefs quietly recommend buying right now."
    closeness = []
    for last in (about_it, of_others):
        scores = scored([*MENU, *prose, last, *FOOTER])[0]
        body = [0.02] * len(MENU) + [0.95] * len(prose) + [0.5] + [0.02] * len(FOOTER)
        table = surroundings([replace(scores, body=np.array(body, dtype=np.float32))])
        closeness.append(table[len(MENU) + len(prose), SHARED_WORDS])
    every_word, _, in_sure_lines, *_ = (closeness[0] - closeness[1]).tolist()
    assert every_word > 0.1
    assert in_sure_lines > 0.1


def test_the_version_names_the_second_reading() -> None:
    """Another second reading makes another version of the labeller."""
    raw = resources.files("pipeline.label.network").joinpath("second.npz").read_bytes()
    with np.load(io.BytesIO(raw)) as arrays:
        changed = {name: arrays[name] for name in arrays}
    changed["b2"] = changed["b2"] + 1
    other = io.BytesIO()
    np.savez_compressed(other, **changed)
    labeller = load_labeller(LabelSettings(labeller="network"))
    assert isinstance(labeller, NetworkLabeller)
    assert load_second_reading().digest in labeller.version
    assert SecondReading(other.getvalue()).digest != load_second_reading().digest


@NEEDS_TRAINING
def test_the_fit_learns_and_is_the_same_each_time() -> None:
    """Where the network scores all lines alike, those of the body rise above the others; same examples, same bytes."""
    from pipeline.train.second import Example, fit

    examples = []
    for prose in PROSE.values():
        topics = [f"Topic {number}" for number in range(90)]
        scores = scored([*MENU, *prose, *topics])[0]
        is_body = np.zeros(len(scores.body), dtype=np.bool_)
        is_body[len(MENU) : len(MENU) + len(prose)] = True
        doubt = replace(scores, body=np.full(len(is_body), 0.4, dtype=np.float32))
        examples += [Example(doubt, is_body, 1.0)] * 200
    weights = fit(examples)
    assert weights == fit(examples)
    read = SecondReading(weights).read([examples[0].scores])[0]
    assert read[examples[0].body].min() > read[~examples[0].body].max()
    assert read[examples[0].body].mean() > 0.4 > read[~examples[0].body].mean()


@NEEDS_TRAINING
def test_nothing_is_fitted_to_nothing() -> None:
    """Pages without lines are refused."""
    from pipeline.train.second import fit

    with pytest.raises(ValueError, match="no lines"):
        fit([])
