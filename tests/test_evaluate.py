"""Evaluation: held out means held out, every page counts, the same figures each time; and a gate that can fail."""

from __future__ import annotations

import importlib.util
import json
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.command import main
from pipeline.errors import UsageError
from pipeline.evaluate import run
from pipeline.evaluate.answers import Answer, answers, text_input
from pipeline.evaluate.bench import BenchPage, fold_of, load_bench, site_key, site_of
from pipeline.evaluate.changed import CHANGES, changed
from pipeline.evaluate.figures import OURS, agreement, behind, kinds, labelled, quality
from pipeline.evaluate.gate import AT_LEAST, AT_MOST, Bound, QualityError, fallen, gate_figures, read_floors
from pipeline.evaluate.metadata import FEWEST, FIELDS, FITTED, MEASURED, accuracy, facts, wrong_where_right
from pipeline.evaluate.peers import PEERS, as_markup, extracted
from pipeline.evaluate.report import report_text
from pipeline.evaluate.run import Request, Weights, evaluate, fold_weights, held_out
from pipeline.evaluate.seen import seen_sites, unseeing, with_sites
from pipeline.label.labeller import load_labeller
from pipeline.label.network.markup import markup_weights
from pipeline.label.network.model import Network, network_weights
from pipeline.label.network.second import second_weights
from pipeline.label.page_type import load_type_models
from pipeline.records import Kind, Label
from pipeline.settings import LabelSettings
from pipeline.train.type_shifts import as_file
from tests.miniature import twelve_pages, write_bench

SITES = st.lists(st.sampled_from([f"paper-{number}.example" for number in range(30)]), max_size=8)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve made-up pages."""
    return write_bench(tmp_path_factory.mktemp("bench") / "bench", twelve_pages())


@pytest.fixture(scope="module")
def pages(bench: Path) -> list[BenchPage]:
    """The same, read."""
    return load_bench(bench)


@pytest.fixture(scope="module")
def figures(bench: Path) -> dict[str, Any]:
    """An evaluation of the committed weights, which have not seen these sites."""
    return evaluate(Request(bench), lambda _: None)


def folds_of(pages: list[BenchPage], count: int) -> list[Weights]:
    """The committed weights, as if each had been trained without one fold."""
    return [
        Weights(
            with_sites(network_weights(), [page.site for page in pages if fold_of(page.site, count) != fold]),
            second_weights(),
            markup_weights(),
            as_file(load_type_models()),
        )
        for fold in range(count)
    ]


def write_folds(folder: Path, weights: list[Weights]) -> Path:
    """The weights as ``copydesk train`` writes them."""
    folder.mkdir()
    for number, own in enumerate(weights):
        (folder / f"fold-{number}.npz").write_bytes(own.network)
        (folder / f"second-{number}.npz").write_bytes(own.second)
        (folder / f"markup-{number}.npz").write_bytes(own.markup)
        (folder / f"types-{number}.json").write_bytes(own.types or b"")
    return folder


def test_a_bench_folder_is_read_whole(pages: list[BenchPage]) -> None:
    """Every page is there with its lines, labels, language, title and truth."""
    made = {page.site: page for page in twelve_pages()}
    assert {page.site for page in pages} == made.keys()
    for page in pages:
        assert page.lines == tuple((text, blank) for text, _, blank in made[page.site].lines)
        assert page.text == made[page.site].text
        assert (page.language, page.title) == (made[page.site].language, made[page.site].title)
        assert page.truth == made[page.site].body


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.paper.example/a", "paper.example"),
        ("https://news.paper.co.uk/a", "paper.co.uk"),
        ("", "fallback.example"),
    ],
)
def test_the_site_is_the_registered_domain(url: str, site: str) -> None:
    """Sub-domains of a site are the site; without a URL the known domain stands for it."""
    assert site_of(url, "www.fallback.example", "id") == site


def test_weights_say_which_sites_they_have_seen() -> None:
    """The keys are in the file, scores do not change, the same sites in any order give the same bytes."""
    marked = with_sites(network_weights(), ["a.example", "b.example"])
    assert seen_sites(marked) == frozenset({site_key("a.example"), site_key("b.example")})
    assert marked == with_sites(with_sites(network_weights(), ["c.example"]), ["b.example", "a.example"])
    page = [["A line of text that is long enough to be prose.", "Home"]]
    first, second = (Network(own).score(page, [[False, True]])[0].body for own in (marked, network_weights()))
    assert first.tolist() == second.tolist()


@given(st.lists(SITES, min_size=1, max_size=5), st.sampled_from([f"paper-{number}.example" for number in range(30)]))
def test_no_page_is_judged_by_a_network_that_has_seen_its_site(seen: list[list[str]], site: str) -> None:
    """The network that is chosen has not seen the site; there is none only if all have."""
    keys = [frozenset(map(site_key, own)) for own in seen]
    chosen = unseeing(site, keys)
    assert (chosen is None) == all(site in own for own in seen)
    assert chosen is None or site not in seen[chosen]


def test_folds_part_the_sites(pages: list[BenchPage]) -> None:
    """Each page is judged by the one network that was trained without its fold."""
    judges = held_out(pages, folds_of(pages, 3), "network/x")
    assert list(judges.of_page) == [fold_of(page.site, 3) for page in pages]


def test_weights_that_have_seen_everything_are_refused(pages: list[BenchPage]) -> None:
    """A page that no network held out is an error, not a good figure; so are weights that do not say."""
    everything = Weights(
        with_sites(network_weights(), [page.site for page in pages]), second_weights(), markup_weights()
    )
    with pytest.raises(UsageError, match="nothing would be held out"):
        held_out(pages, [everything, everything], "network/x")


def test_pages_that_were_seen_are_told_from_those_that_were_not(
    bench: Path, pages: list[BenchPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without folds the figures of seen pages stand apart from those of unseen sites, and cannot pass the gate."""
    seen = [page.site for page in pages[:5]]
    monkeypatch.setattr(run, "network_weights", lambda: with_sites(network_weights(), seen))
    found = evaluate(Request(bench, with_peers=False), lambda _: None)
    assert found["in_sample"] == 5
    assert {name: own["pages"] for name, own in found["sections"].items()} == {"unseen sites": 7, "in-sample": 5}
    monkeypatch.setattr(run, "network_weights", lambda: with_sites(network_weights(), [page.site for page in pages]))
    everything = evaluate(Request(bench, with_peers=False), lambda _: None)
    assert gate_figures(everything) == {}


def test_the_same_evaluation_gives_the_same_figures(bench: Path, figures: dict[str, Any]) -> None:
    """To the byte; our figures do not hang on whether peers are there."""
    alone = evaluate(Request(bench, with_peers=False), lambda _: None)
    again = evaluate(Request(bench), lambda _: None)
    assert json.dumps(again) == json.dumps(figures)
    own = figures["sections"]["unseen sites"]["quality"]
    without = alone["sections"]["unseen sites"]["quality"]
    assert {name: group["word_f1"][OURS] for name, group in own.items()} == {
        name: group["word_f1"][OURS] for name, group in without.items()
    }


def test_all_peers_are_compared_by_corpus_type_and_language(figures: dict[str, Any]) -> None:
    """Five peers beside ours, every page counted, and ours ahead of keeping everything."""
    groups = figures["sections"]["unseen sites"]["quality"]
    assert {"WCXB", "WCXB article", "WCXB [ja]", "Fundus", "Fundus [fr]"} <= groups.keys()
    assert groups["WCXB"]["pages"] + groups["Fundus"]["pages"] == 12
    assert list(groups["WCXB"]["word_f1"]) == [OURS, *(peer.name for peer in PEERS)]
    assert groups["WCXB"]["ours_minus"]["keep all"]["interval"][0] > 0


def test_a_peer_that_is_not_installed_is_named(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is left out of the table and named; nothing crashes."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "justext" else found(name))
    table = evaluate(Request(bench), lambda _: None)
    assert table["absent"] == ["jusText"]
    assert "jusText" not in table["sections"]["unseen sites"]["quality"]["WCXB"]["word_f1"]


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_peers_keep_prose(peer: Any, pages: list[BenchPage]) -> None:
    """Every peer finds a long English sentence in one ``<p>`` per line; a page without lines is an empty answer."""
    page = next(page for page in pages if page.language == "en")
    longest = max((text for text, _ in page.lines), key=len)
    assert longest.split()[3] in extracted(peer, page, as_markup(page))
    empty = BenchPage("wcxb", "x", "x.example", "forum", "en", (), (), (), "", "")
    assert extracted(peer, empty, as_markup(empty)) == ""


def test_differences_are_paired(pages: list[BenchPage]) -> None:
    """A method that is always .1 worse is .1 worse in every resample; intervals hold the mean."""
    ours = np.linspace(0.3, 0.9, len(pages))
    table = quality(pages, {OURS: ours.tolist(), "worse": (ours - 0.1).tolist()})
    for group in table.values():
        assert group["ours_minus"]["worse"] == {"mean": 0.1, "interval": [0.1, 0.1]}
        low, high = group["word_f1"][OURS]["interval"]
        assert low <= group["word_f1"][OURS]["mean"] <= high


def test_lines_keep_their_labels(pages: list[BenchPage]) -> None:
    """Every labelled line gets the verdict on itself: blank lines do not shift them."""
    given_answers = answers(load_labeller(LabelSettings()), [text_input(page.text) for page in pages])
    for page, answer in zip(pages, given_answers, strict=True):
        rows = labelled(page, answer)
        assert [text for text, _ in rows] == [text for text, _ in page.lines]
        assert len(answer.labels) == len(rows)
        assert all(label is not None for _, label in rows)


def test_kinds_count_what_chrome_became() -> None:
    """Of three lines whose kind is known, one is right and two are not body."""
    page = BenchPage(
        "wcxb", "x", "x.example", "article", "en",
        (("a", False), ("b", True), ("c", False), ("d", False)), (False, False, False, True),
        ("share", "legal", "related", "content"), "d", "",
    )  # fmt: skip
    verdicts = {1: Kind.SHARE, 3: Kind.NAVIGATION, 4: Kind.PARAGRAPH, 5: Kind.PARAGRAPH}
    answer = Answer("d", {number: Label(kind, 0.5, "model") for number, kind in verdicts.items()})
    found = kinds([page], [answer])
    assert (found["right"], found["removed"]) == (0.3333, 0.6667)
    assert found["table"]["legal"] == {"navigation": 1}


@pytest.fixture(scope="module")
def on_html(bench: Path) -> dict[str, Any]:
    """The same evaluation from the pages' HTML."""
    found: dict[str, Any] = evaluate(Request(bench, as_html=True), lambda _: None)["sections"]["unseen sites"]
    return found


def test_metadata_is_measured_by_field_beside_trafilatura(on_html: dict[str, Any]) -> None:
    """Every known field of a corpus is counted: all titles and days are right, one author is wrong in the markup."""
    found = on_html["metadata"]
    assert found.keys() == {"WCXB", "Fundus"}  # types, languages and halves have too few pages to say anything
    for corpus, pages in (("WCXB", 8), ("Fundus", 4)):
        assert {field: own["known"] for field, own in found[corpus].items()} == dict.fromkeys(MEASURED, pages)
        right = {field: own["right"][OURS] for field, own in found[corpus].items()}
        assert right == {"title": 1, "title_plain": 1, "authors": (pages - 1) / pages, "date": 1}
        assert found[corpus]["date"]["right"]["trafilatura"] == 1


def test_pages_that_the_peer_has_right_and_we_have_not_are_named(on_html: dict[str, Any]) -> None:
    """Lists for the text and for each field, by corpus; here there are none."""
    nobody: dict[str, list[str]] = {"wcxb": [], "fundus": []}
    assert on_html["behind"] == dict.fromkeys(("text", *FIELDS), nobody)
    assert behind([0.9, 0.5, 0.7, 0.2], [0.94, 0.6, 0.3, 0.9]) == [3, 1]
    page = BenchPage("wcxb", "1", "x.example", "article", "en", (), (), (), "", "Ferry", published="2024-05-24")
    ours, theirs = facts("Bus", (), "2024-05-24"), facts("ferry", ("Ida",), "2024-05-24T10:00:00Z")
    assert wrong_where_right([page], [ours], [theirs]) == {"title": [0], "authors": [], "date": []}


def test_facts_agree_after_one_normalisation() -> None:
    """Spaces and case of titles, credits cut at commas and degrees left out, the day of a moment."""
    one = facts(" The  FERRY\nreturns", ["Jane Doe, MD, and John Roe"], "2024-05-24T23:30:00-05:00")
    assert one == facts("The ferry returns", ["John Roe", "jane doe"], "2024-05-24")
    curly, straight = facts("The ferry’s back", (), None), facts("The ferry's back", (), None)
    assert curly["title"] != straight["title"]
    assert curly["title_plain"] == straight["title_plain"]
    assert curly["date"] == ""


def test_groups_with_few_known_pages_are_left_out() -> None:
    """A corpus is always reported; its halves, types and languages where enough is known."""
    pages = [
        BenchPage("wcxb", str(number), "x.example", kind, "en", (), (), (), "", "T", looked_at=number < FEWEST)
        for number, kind in enumerate(["article"] * FEWEST + ["forum"])
    ]
    own = [facts("T", (), None)] * len(pages)
    found = accuracy(pages, {OURS: own})
    assert found.keys() == {"WCXB", "WCXB article", f"WCXB, {FITTED}"}
    assert found["WCXB"]["authors"]["unknown"] == len(pages)
    assert found["WCXB"]["authors"]["silent"][OURS] == 1
    assert found["WCXB article"].keys() == {"title", "title_plain"}


def test_changed_pages_are_what_their_names_say(pages: list[BenchPage]) -> None:
    """A cut page is shorter, a wrapped one has short lines, one without blank lines has none; the body goes along."""
    page = next(page for page in pages if page.language == "en")
    made = {name: changed(page, change) for name, change in CHANGES.items()}
    assert made["as it is"] == (page.text, page.truth)
    cut = made["cut off after two thirds of the body"]
    assert page.text.startswith(cut[0])
    assert cut[0].endswith(cut[1].split("\n")[-1])
    assert len(cut[1].split("\n")) == -(-sum(page.body) * 2 // 3)
    assert "\n\n" not in made["no blank lines"][0]
    assert max(map(len, made["hard-wrapped at 72 columns"][0].split("\n"))) <= 72
    assert made["hard-wrapped at 72 columns"][1].split() == page.truth.split()
    assert made["in capitals"] == (page.text.upper(), page.truth.upper())


def test_a_figure_below_its_floor_has_fallen() -> None:
    """So has one that is missing or not a number; a figure at its floor holds."""
    bounds = (Bound("a", AT_LEAST, 0.9), Bound("b", AT_MOST, 2))
    assert fallen(bounds, {"a": 0.9, "b": 2}) == []
    assert fallen(bounds, {"a": 0.89, "b": 3}) == ["a: 0.89, pinned at least 0.9", "b: 3, pinned at most 2"]
    assert len(fallen(bounds, {"a": float("nan")})) == 2


@pytest.mark.parametrize(
    "content", ["", "[held_out]\n", "[held_out.at_least]\n[held_out.at_most]\n", "x = ", "held_out=1"]
)
def test_floors_that_cannot_fail_are_refused(content: str, tmp_path: Path) -> None:
    """A file that pins nothing is a mistake of the person who wrote it."""
    file = tmp_path / "floors.toml"
    file.write_text(content)
    with pytest.raises(UsageError):
        read_floors(file, "held_out")


def floors(folder: Path, least: float) -> Path:
    """A file that pins word F1 over WCXB."""
    file = folder / "floors.toml"
    file.write_text(f'[held_out.at_least]\n"word F1: WCXB" = {least}\n[held_out.at_most]\n')
    return file


def test_the_command_shows_the_table_and_writes_json(
    bench: Path, figures: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table goes to stdout, the figures to the file, and a gate that holds ends with 0."""
    out = tmp_path / "figures.json"
    arguments = ["evaluate", "--local", "--bench", str(bench), "--json", str(out), "--gate", str(floors(tmp_path, 0.5))]
    assert main(arguments) == 0
    assert json.loads(out.read_text()) == figures
    shown = capsys.readouterr()
    assert "WCXB article" in shown.out
    assert "trafilatura" in shown.out
    assert "no page was judged by weights that had seen its site" in shown.out
    assert "jusText: done" in shown.err


def test_the_command_shows_metadata_of_html(bench: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table by field, and the pages that trafilatura has right alone."""
    assert main(["evaluate", "--local", "--html", "--bench", str(bench)]) == 0
    shown = capsys.readouterr().out
    assert "Metadata, share exactly right" in shown
    assert "Pages that trafilatura has right and ours has not" in shown


def test_the_gate_fails_and_names_what_fell(bench: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, with the table and the figure that is below its floor."""
    gate = floors(tmp_path, 0.9999)
    assert main(["evaluate", "--local", "--no-peers", "--bench", str(bench), "--gate", str(gate)]) == 1
    shown = capsys.readouterr()
    assert "word F1: WCXB: 0." in shown.err
    assert "WCXB article" in shown.out
    with pytest.raises(QualityError):
        evaluate(Request(bench, with_peers=False, gate=gate), lambda _: None)


def test_fold_weights_are_used_and_checked(
    bench: Path, pages: list[BenchPage], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With folds all pages are held out; a folder without them is bad usage."""
    folder = write_folds(tmp_path / "folds", folds_of(pages, 2))
    found = evaluate(Request(bench, folds=folder, with_peers=False), lambda _: None)
    assert {name: own["pages"] for name, own in found["sections"].items()} == {"held out": 12}
    (tmp_path / "none").mkdir()
    assert main(["evaluate", "--local", "--bench", str(bench), "--folds", str(tmp_path / "none")]) == 2
    assert "fold-*.npz" in capsys.readouterr().err


def test_folds_without_page_types_are_refused(pages: list[BenchPage], tmp_path: Path) -> None:
    """An evaluation never goes on without a part of what it measures; the fit of that part may."""
    folder = write_folds(tmp_path / "folds", folds_of(pages, 2))
    (folder / "types-1.json").unlink()
    with pytest.raises(UsageError, match=r"fold-1.npz without types-1.json"):
        fold_weights(folder)
    assert [own.types for own in fold_weights(folder, with_types=False)] == [None, None]
    of_text = json.loads((folder / "types-0.json").read_text())["text"]
    (folder / "types-0.json").write_text(json.dumps(of_text))
    with pytest.raises(UsageError, match=r"types-0.json: lacks page types of html or text"):
        fold_weights(folder)


def test_lost_ends_of_blocks_are_found_by_the_fold(pages: list[BenchPage], tmp_path: Path) -> None:
    """Boundary weights beside those of the folds are each read with their fold, and refused where folds are others."""
    folder = write_folds(tmp_path / "folds", folds_of(pages, 2))
    own = (resources.files("pipeline.split.breaks") / "weights.npz").read_bytes()
    (folder / "boundaries-1.npz").write_bytes(own)
    weights = fold_weights(folder)
    assert [fold.boundaries for fold in weights] == [None, own]
    assert [bounds is None for bounds in held_out(pages, weights, "network/x").boundaries] == [True, False]
    with pytest.raises(UsageError, match=r"boundaries-0.npz has seen"):
        held_out(pages, weights[::-1], "network/x")


@pytest.mark.parametrize("verb", ["evaluate", "train"])
def test_a_folder_without_pages_is_named(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad usage ends with 2, says what is missing, and asks for it before a server is started."""
    if verb == "train" and any(importlib.util.find_spec(name) is None for name in ("torch", "resiliparse")):
        assert main([verb, "--bench", str(tmp_path)]) == 2
        assert "copydesk[train]" in capsys.readouterr().err
        return
    assert main([verb, "--bench", str(tmp_path)]) == 2
    assert "lines-wcxb-dev.parquet" in capsys.readouterr().err


def test_html_is_held_against_the_text_of_the_same_pages(bench: Path, pages: list[BenchPage]) -> None:
    """An evaluation of HTML says how far the texts kept of both formats agree, and on which pages they agree least."""
    found = evaluate(Request(bench, as_html=True, with_peers=False), lambda _: None)
    agreed = found["agreement"]
    assert agreed["groups"]["WCXB"]["pages"] + agreed["groups"]["Fundus"]["pages"] == len(pages)
    # these pages have neither classes nor containers; those of test_run_formats agree by .95
    assert agreed["groups"]["WCXB"]["mean"] >= 0.9
    assert agreed["groups"]["Fundus"]["mean"] >= 0.9
    assert set(agreed["worst"]) == {page.page_id for page in pages}
    assert "against that kept of the plain text" in report_text(found)


def test_agreement_is_the_word_f1_of_the_two_texts(pages: list[BenchPage]) -> None:
    """Equal texts agree fully, texts without a common word not at all; the worst page comes first."""
    one = [Answer("a b c d", {}) for _ in pages]
    others = [Answer("a b c d", {}), Answer("a b x y", {}), *(Answer("z", {}) for _ in pages[2:])]
    found = agreement(pages, one, others)
    total = sum(group["mean"] * group["pages"] for name, group in found["groups"].items() if name in {"WCXB", "Fundus"})
    assert total == pytest.approx(1.5, abs=0.01)
    assert found["worst"][-2:] == [pages[1].page_id, pages[0].page_id]
