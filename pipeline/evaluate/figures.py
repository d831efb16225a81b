"""Figures from answers: word F1 by corpus, page type and language with intervals, kinds, titles, calibration."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pipeline.evaluate.bench import NAMES
from pipeline.evaluate.word_f1 import word_f1, words_of
from pipeline.label.rules import RULES, recognise
from pipeline.metadata.titles import same_title
from pipeline.records import BODY, CHROME, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.evaluate.answers import Answer
    from pipeline.evaluate.bench import BenchPage

OURS: Final = "ours"
HELD_OUT, IN_SAMPLE, UNSEEN = "held out", "in-sample", "unseen sites"
"""Sections of figures: pages by whether who judged them had seen their site in training."""
RESAMPLES: Final = 1000
WORST: Final = 20
"""Pages that are named."""
CLEARLY: Final = 0.05
"""Word F1 by which an answer must be ahead to be worth a look: less is a heading or a caption."""
_DIGITS: Final = 4
_STORIES: Final = frozenset({"article", "news"})
_BINS: Final = 10


def groups(pages: Sequence[BenchPage]) -> dict[str, list[int]]:
    """Indices of pages by name of group: each corpus, its page types and its languages where it has several."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, page in enumerate(pages):
        name = NAMES[page.corpus]
        found[name].append(index)
        if page.corpus == "wcxb":  # all pages of Fundus are news
            found[f"{name} {page.page_type}"].append(index)
        found[f"{name} [{page.language}]"].append(index)
    return {name: found[name] for name in sorted(found)}


def quality(pages: Sequence[BenchPage], scores: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Mean word F1 of every method on every group, with 95 % bootstrap intervals over pages.

    The difference of ours to a peer is taken page by page (paired), on the same resamples.

    :param scores: word F1 of each page, by method; every page counts.
    """
    table: dict[str, Any] = {}
    for name, own in groups(pages).items():
        chosen = np.array(own)
        # a seed of the group's own: no figure hangs on which other groups there are
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
        resamples = np.random.default_rng(seed).integers(0, len(chosen), (RESAMPLES, len(chosen)))
        values = {method: np.array(all_scores)[chosen] for method, all_scores in scores.items()}
        table[name] = {
            "pages": len(chosen),
            "word_f1": {method: _with_interval(own_scores, resamples) for method, own_scores in values.items()},
            "ours_minus": {
                method: _with_interval(values[OURS] - own_scores, resamples)
                for method, own_scores in values.items()
                if method != OURS and OURS in values
            },
        }
    return table


def _with_interval(values: Any, resamples: Any) -> dict[str, Any]:
    low, high = np.percentile(values[resamples].mean(axis=1), [2.5, 97.5])
    return {
        "mean": round(float(values.mean()), _DIGITS),
        "interval": [round(float(low), _DIGITS), round(float(high), _DIGITS)],
    }


def agreement(pages: Sequence[BenchPage], ours: Sequence[Answer], others: Sequence[Answer]) -> dict[str, Any]:
    """Word F1 of the text kept of each page in one format against that in the other, by group of pages.

    ``worst``: ids of the pages that agree least, so that the next person can look.
    """
    scores = [word_f1(one.text, other.text) for one, other in zip(ours, others, strict=True)]
    order = sorted(range(len(pages)), key=lambda index: (scores[index], pages[index].page_id))
    table = quality(pages, {OURS: scores})
    return {
        "groups": {name: {"pages": own["pages"], **own["word_f1"][OURS]} for name, own in table.items()},
        "worst": [pages[index].page_id for index in order[:WORST]],
    }


def behind(ours: Sequence[float], theirs: Sequence[float]) -> list[int]:
    """Indices of the pages on which their word F1 is ahead of ours by ``CLEARLY`` or more, the largest lead first."""
    leads = sorted((mine - other, index) for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)))
    return [index for lead, index in leads if lead <= -CLEARLY]


def kinds(pages: Sequence[BenchPage], answers: Sequence[Answer]) -> dict[str, Any]:
    """Weak kinds of the bench against ours, on articles and news.

    ``table``: weak kind -> our kind (``body`` for all of its kinds) -> lines. ``right``: of the lines whose weak kind
    is a kind of chrome, the share that has the same kind of ours; ``removed``: the share that is not body.
    """
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for page, answer in zip(pages, answers, strict=True):
        if page.page_type in _STORIES:
            for weak, (_, label) in zip(page.kinds, labelled(page, answer), strict=True):
                if label is not None:
                    table[weak]["body" if label.kind in BODY else label.kind.value] += 1
    named = {kind.value for kind in CHROME} & table.keys()
    lines = sum(table[weak].total() for weak in named)
    return {
        "table": {weak: dict(sorted(table[weak].items())) for weak in sorted(table)},
        "right": _share(sum(table[weak][weak] for weak in named), lines),
        "removed": _share(sum(table[weak].total() - table[weak]["body"] for weak in named), lines),
    }


def titles(pages: Sequence[BenchPage], answers: Sequence[Answer]) -> dict[str, Any]:
    """How often the line called title is the page's known title, by page type, of pages that print it."""
    result: dict[str, Any] = {}
    for page_type in sorted(_STORIES):
        outcome = Counter({"printed": 0, "right": 0, "other": 0, "none": 0})
        for page, answer in zip(pages, answers, strict=True):
            if page.page_type != page_type or not page.title:
                continue
            if not any(same_title(text, page.title) for text, _ in page.lines):
                continue
            found = [text for text, label in labelled(page, answer) if label is not None and label.kind is Kind.TITLE]
            outcome["printed"] += 1
            right = any(same_title(text, page.title) for text in found)
            outcome["right" if right else "other" if found else "none"] += 1
        result[page_type] = dict(outcome)
    return result


def calibration(pages: Sequence[BenchPage], answers: Sequence[Answer]) -> list[dict[str, float]]:
    """Lines by score in ten bins: how many, their mean score, and the share that is body."""
    rows = [
        (label.score, is_body)
        for page, answer in zip(pages, answers, strict=True)
        for is_body, (_, label) in zip(page.body, labelled(page, answer), strict=True)
        if label is not None
    ]
    if not rows:
        return []
    score, body = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    bins = np.minimum((score * _BINS).astype(int), _BINS - 1)
    return [
        {
            "lines": int((bins == number).sum()),
            "score": round(float(score[bins == number].mean()), 3),
            "body": round(float(body[bins == number].mean()), 3),
        }
        for number in range(_BINS)
        if (bins == number).any()
    ]


def rules(pages: Sequence[BenchPage]) -> dict[str, dict[str, Any]]:
    """Of the lines that each named rule recognises: how many, of how many sites, and the share that is not body."""
    hits: dict[str, list[int]] = {rule.name: [0, 0] for rule in RULES}
    sites: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for (text, _), is_body in zip(page.lines, page.body, strict=True):
            rule = recognise(text)
            if rule is not None:
                hits[rule.name][0] += 1
                hits[rule.name][1] += is_body
                sites[rule.name].add(page.site)
    return {
        rule.name: {
            "certain": rule.certain,
            "lines": hits[rule.name][0],
            "sites": len(sites[rule.name]),
            "precision": _share(hits[rule.name][0] - hits[rule.name][1], hits[rule.name][0]),
        }
        for rule in RULES
    }


def clean_pages(pages: Sequence[BenchPage], answers: Sequence[Answer]) -> dict[str, Any]:
    """What is lost of pages that are nothing but body, by page type.

    :param answers: for the true text of each page.
    """
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for page, answer in zip(pages, answers, strict=True):
        wanted = Counter(words_of(page.truth))
        verdicts = [label.kind in BODY for label in answer.labels.values()]
        table[page.page_type if page.page_type in _STORIES else "other types"].update(
            pages=1,
            pages_whole=int(all(verdicts)),
            lines=len(verdicts),
            lines_lost=len(verdicts) - sum(verdicts),
            words=wanted.total(),
            words_lost=(wanted - Counter(words_of(answer.text))).total(),
        )
    return {
        name: {
            **dict(sorted(own.items())),
            "lines_lost_share": _share(own["lines_lost"], own["lines"]),
            "words_lost_share": _share(own["words_lost"], own["words"]),
        }
        for name, own in sorted(table.items())
    }


def labelled(page: BenchPage, answer: Answer) -> list[tuple[str, Any]]:
    """Each line of the page with its final label, None where the page was not read."""
    number, rows = 0, []
    for text, blank in page.lines:
        number += 1 + blank
        rows.append((text, answer.labels.get(number)))
    return rows


def _share(part: int, whole: int) -> float:
    return round(part / whole, _DIGITS) if whole else 0.0
