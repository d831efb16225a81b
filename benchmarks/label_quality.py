"""Quality of the line labeller on labelled pages, beside its peers; and the fit of its coefficients.

    python -m benchmarks.label_quality --bench DIR [--json OUT]     cross-validated tables
    python -m benchmarks.label_quality --bench DIR --fit            fit on all pages, write coefficients.json
    python -m benchmarks.label_quality --bench DIR --network        score the committed network, IN-SAMPLE

``DIR`` holds ``lines-wcxb-dev.parquet``, ``lines-fundus-dev.parquet`` and the ground truth beside them (WCXB, the Web
Content eXtraction Benchmark, M. Foley, 2026, CC-BY-4.0; the parser tests of Fundus). Coefficients are cross-validated:
five folds, split by domain or publisher; the model of a fold never saw its sites. The rules, and the constants below,
were made with these same pages in view, so the figures flatter them a little. Every page counts.
The text that is scored is the body kinds and the dek, which the ground truth of Fundus counts as body.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.parquet as pq
from scipy.optimize import minimize  # type: ignore[import-untyped]

from pipeline.evaluate.word_f1 import word_f1, words_of
from pipeline.label.block import Linear, Model, second_features
from pipeline.label.features import Floats, Lines, gather, line_features, page_features
from pipeline.label.head import below_signs, find_signs, title_candidates, title_features
from pipeline.label.labeller import BlockLabeller, load_labeller
from pipeline.label.rules import RULES, recognise
from pipeline.metadata.titles import same_title
from pipeline.records import BODY, Hints, Kind, Label, Line, Page
from pipeline.settings import LabelSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FOLDS: Final = 5
FUNDUS_WEIGHT: Final = 3.0
"""Weight of a Fundus page in the fit: there are twelve times as many WCXB pages, nearly all English."""
CLEAN_WEIGHT: Final = 0.2
"""Weight of a page's copy that holds its body lines only: teaches that a page may have no chrome."""
WIDTH_POWER: Final = 0.75
"""A line weighs as its width to this power, in shares of its page: word F1 counts words, but headings matter too."""
PENALTY: Final = 1e-4
"""L2 penalty on standardised weights."""
STEPS: Final = 100
BIAS: Final = -0.4
"""Of the best block; with the second pass behind it -.4 and .2 gave the same word F1 (cross-validated, within .001)."""
THRESHOLD_ODDS: Final = -0.3
"""Log-odds (before calibration) from which a line is body; from -1, -.6, -.3, 0: -.3 was best on WCXB articles."""
BARE_ODDS: Final = 0.0
"""Log-odds from which a page is nothing but body: fires on 3.0 % of raw pages even if all their lines were parted."""
RESAMPLES: Final = 1000
IN_SAMPLE: Final = (
    "IN-SAMPLE: the committed network was trained on these very pages, so its figures here are too good. "
    "The cross-validated ones stand in docs/labeller.md."
)
_COEFFICIENTS: Final = Path(__file__).resolve().parent.parent / "pipeline" / "label" / "coefficients.json"
_NOTE: Final = (
    "Logistic regressions on the features of pipeline/label/features.py (title: head.py), fitted on the plain text "
    "lines of WCXB dev (M. Foley, 2026, CC-BY-4.0) and of Fundus' parser tests. "
    "Refit: python -m benchmarks.label_quality --fit --bench DIR"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled page."""

    corpus: str
    page_id: str
    group: str
    page_type: str
    language: str
    lines: tuple[tuple[str, bool], ...]
    content: tuple[int, ...]
    kinds: tuple[str, ...]
    truth: str
    title: str

    @property
    def fold(self) -> int:
        """The fold of the page's domain or publisher."""
        return int(hashlib.sha256(self.group.encode()).hexdigest(), 16) % FOLDS


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point; 2 if the folder of labelled pages is not there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.label_quality", description=__doc__.split("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="folder of labelled pages")
    parser.add_argument("--fit", action="store_true", help="fit on all pages and write coefficients.json")
    parser.add_argument("--network", action="store_true", help="score the committed network, in-sample")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args(arguments)
    needed = [f"lines-{corpus}-dev.parquet" for corpus in ("wcxb", "fundus")]
    missing = [name for name in needed if not (options.bench / name).exists()]
    if missing:
        print(
            f"{options.bench}: no {' and no '.join(missing)}; name the folder of labelled pages with --bench",
            file=sys.stderr,
        )
        return 2
    samples = load(options.bench)
    if options.network:
        figures = evaluate_network(samples)
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    training = Training(samples)
    if options.fit:
        model = training.fit(np.ones(len(training.samples), dtype=bool))
        _COEFFICIENTS.write_text(json.dumps(as_table(model), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(
            f"wrote {_COEFFICIENTS.name}: {len(model.first.names)} + {len(model.second.names)} weights, "
            f"version {model.version}"
        )
        return 0
    figures = evaluate(samples, training)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def load(bench: Path) -> list[Sample]:
    """All pages of both corpora, in the order of their files."""
    samples: list[Sample] = []
    for corpus in ("wcxb", "fundus"):
        truth: dict[str, tuple[str, str]] = {}
        with gzip.open(bench / f"{corpus}-dev" / "ground-truth.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in file:
                page = json.loads(row)
                text = (
                    page["main_content"] or "" if corpus == "wcxb" else "\n".join(part["text"] for part in page["body"])
                )
                truth[page["page_id"]] = (text, page["title"] or "")
        table: dict[str, list[Any]] = pq.read_table(bench / f"lines-{corpus}-dev.parquet").to_pydict()
        rows: dict[str, list[int]] = defaultdict(list)
        for row_number, page_id in enumerate(table["page_id"]):
            rows[page_id].append(row_number)
        for page_id, (text, title) in truth.items():
            own = [number for number in rows.get(page_id, []) if table["text"][number].strip()]
            samples.append(
                Sample(
                    corpus=corpus,
                    page_id=page_id,
                    group=table["domain"][own[0]] if own else page_id,
                    page_type=(table["page_type"][own[0]] if own else "forum") if corpus == "wcxb" else "news",
                    language=table["lang"][own[0]] if own else "en",
                    lines=tuple(
                        (" ".join(table["text"][number].split()), bool(table["blank_before"][number])) for number in own
                    ),
                    content=tuple(table["is_content"][number] for number in own),
                    kinds=tuple(table["kind"][number] for number in own),
                    truth=text,
                    title=title,
                )
            )
    return samples


def bare_copy(sample: Sample) -> Sample:
    """The page with its body lines only, each parted from the next by a blank line."""
    kept = [index for index, is_content in enumerate(sample.content) if is_content]
    return replace(
        sample,
        lines=tuple((sample.lines[index][0], True) for index in kept),
        content=(1,) * len(kept),
        kinds=("content",) * len(kept),
    )


class Training:
    """Features of all labelled pages and of their bare copies, computed once; and the fits on parts of them."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        copies = [bare_copy(sample) for sample in samples]
        self.samples = [sample for sample in [*samples, *copies] if sample.lines]
        raw = sum(bool(sample.lines) for sample in samples)
        self.raw_page = np.arange(len(self.samples)) < raw
        self.lines: Lines = gather([sample.lines for sample in self.samples])
        self.page = self.lines.page
        self.target = np.concatenate([sample.content for sample in self.samples]).astype(np.float32)
        columns = line_features(self.lines)
        self.first_names = tuple(columns)
        self.first = np.stack([columns.pop(name).astype(np.float32) for name in self.first_names], 1)
        weight = (self.lines.width + 10.0) ** WIDTH_POWER
        weight /= np.bincount(self.page, weights=weight)[self.page]
        share = [
            (FUNDUS_WEIGHT if sample.corpus == "fundus" else 1.0) * (1.0 if is_raw else CLEAN_WEIGHT)
            for sample, is_raw in zip(self.samples, self.raw_page, strict=True)
        ]
        self.weight = weight * np.array(share)[self.page]

    def fit(self, pages: Any) -> Model:
        """The model fitted on the pages where ``pages`` (boolean, one for each of ``self.samples``) holds."""
        rows = pages[self.page]
        first = fit_linear(self.first_names, self.first[rows], self.target[rows], self.weight[rows])
        score = self.first @ np.array(first.weights) + first.intercept
        columns = second_features(self.lines, score, BIAS)
        names = tuple(columns)
        matrix = np.stack([columns.pop(name).astype(np.float32) for name in names], 1)
        second = fit_linear(names, matrix[rows], self.target[rows], self.weight[rows])
        odds = matrix @ np.array(second.weights) + second.intercept
        # lines were weighted; on raw lines as they come, one slope and one shift make probabilities of the odds (Platt)
        plain = rows & self.raw_page[self.page]
        scale = fit_linear(
            ("odds",), odds[plain, None].astype(np.float32), self.target[plain], np.ones(int(plain.sum()))
        )
        slope, shift = scale.weights[0], scale.intercept
        second = Linear(names, tuple(weight * slope for weight in second.weights), second.intercept * slope + shift)
        limit = slope * THRESHOLD_ODDS + shift
        whole = page_features(self.lines)
        page_matrix = np.stack(list(whole.values()), 1).astype(np.float32)
        is_bare = (~self.raw_page).astype(np.float32)
        bare = fit_linear(tuple(whole), page_matrix[pages], is_bare[pages], np.ones(int(pages.sum())))
        model = Model(
            "", first, BIAS, second, round(1.0 / (1.0 + float(np.exp(-limit))), 4), bare, BARE_ODDS, Linear((), (), 0.0)
        )
        model = replace(model, title=self.fit_title(model, pages))
        digest = hashlib.sha256(json.dumps(as_table(model)).encode()).hexdigest()[:8]
        return replace(model, version=digest)

    def fit_title(self, model: Model, pages: Any) -> Linear:
        """The headline's regression, on the raw article pages among ``pages`` whose known title is printed."""
        chosen = [
            sample
            for sample, is_in, is_raw in zip(self.samples, pages, self.raw_page, strict=True)
            if is_in and is_raw and sample.page_type in {"article", "news"} and sample.title
        ]
        columns: dict[str, list[Floats]] = defaultdict(list)
        target: list[bool] = []
        sheets = BlockLabeller(model).sheets([as_page(sample.lines) for sample in chosen])
        for sample, (_, _, sheet) in zip(chosen, sheets, strict=True):
            signs = find_signs(sheet, sheet.opening)
            opening = below_signs(sheet, sheet.opening, signs)
            candidates = title_candidates(sheet, opening, signs)
            right = [same_title(sheet.texts[index], sample.title) for index in candidates]
            if any(right):
                target += right
                for name, column in title_features(sheet, candidates, opening, signs).items():
                    columns[name].append(column)
        names = tuple(columns)
        matrix = np.stack([np.concatenate(columns[name]) for name in names], 1).astype(np.float32)
        return fit_linear(names, matrix, np.array(target, dtype=np.float32), np.ones(len(target)))


def fit_linear(names: Sequence[str], matrix: Any, target: Any, weight: Any) -> Linear:
    """Weighted, L2-penalised logistic regression by L-BFGS, in terms of the raw features; rounded to six digits."""
    mean = np.average(matrix, axis=0, weights=weight)
    spread = np.sqrt(np.average((matrix - mean) ** 2, axis=0, weights=weight)) + 1e-3
    standard = ((matrix - mean) / spread).astype(np.float32)
    share = (weight / weight.sum()).astype(np.float32)
    sign = (2 * target - 1).astype(np.float32)

    def loss(point: Floats) -> tuple[float, Floats]:
        margin = sign * (standard @ point[:-1].astype(np.float32) + np.float32(point[-1]))
        slope = -share * sign / (1 + np.exp(np.clip(margin, -30, 30)))
        value = float((share * np.logaddexp(0, -margin)).sum(dtype=np.float64)) + PENALTY * float(
            point[:-1] @ point[:-1]
        )
        return value, np.append(standard.T @ slope + 2 * PENALTY * point[:-1], slope.sum()).astype(np.float64)

    found = minimize(
        loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 20}
    ).x
    weights = found[:-1] / spread
    return Linear(
        tuple(names),
        tuple(float(f"{value:.6g}") for value in weights),
        float(f"{found[-1] - float((weights * mean).sum()):.6g}"),
    )


def as_table(model: Model) -> dict[str, Any]:
    """The JSON form of a model, as ``read_model`` takes it."""

    def linear(part: Linear) -> dict[str, Any]:
        return {"intercept": part.intercept, "weights": dict(zip(part.names, part.weights, strict=True))}

    return {
        "note": _NOTE,
        "version": model.version,
        "bias": model.bias,
        "threshold": model.threshold,
        "bare_odds": model.bare_odds,
        "first": linear(model.first),
        "second": linear(model.second),
        "bare": linear(model.bare),
        "title": linear(model.title),
    }


def as_page(lines: Sequence[tuple[str, bool]]) -> Page:
    """A plain text page of lines."""
    return Page(
        id="0" * 16,
        origin="bench",
        source="bench",
        format="text",
        encoding="utf-8",
        sha256="",
        size=0,
        hints=Hints(),
        lines=tuple(Line(number, 0, text, text, number, blank) for number, (text, blank) in enumerate(lines, 1)),
    )


def shingle_rates(text: str, truth: str) -> tuple[float, float]:
    """Precision and recall of 4-gram shingles (scrapinghub's official metric, before it is combined over pages)."""

    def shingles(content: str) -> Counter[tuple[str, ...]]:
        words = words_of(content)
        return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)

    found, wanted = shingles(text), shingles(truth)
    both = (found & wanted).total()
    return (both / found.total() if found else float(not wanted)), (
        both / wanted.total() if wanted else float(not found)
    )


def keep_all(sample: Sample) -> list[bool]:
    """Every line."""
    return [True] * len(sample.lines)


def c4_lines(sample: Sample) -> list[bool]:
    """The line rules of C4 (Raffel et al., 2020, and its code): final punctuation, five words, no policy phrases."""
    policy = (
        "javascript",
        "terms of use",
        "privacy policy",
        "cookie policy",
        "uses cookies",
        "use of cookies",
        "use cookies",
    )
    return [
        text.endswith((".", "!", "?", '"'))
        and not text.endswith("...")
        and len(text.split()) >= 5
        and not any(phrase in text.casefold() for phrase in policy)
        for text, _ in sample.lines
    ]


_STOPLISTS: Final = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "nl": "Dutch", "tr": "Turkish", "it": "Italian",
    "ru": "Russian", "da": "Danish", "no": "Norwegian_Bokmal", "lt": "Lithuanian", "bg": "Bulgarian",
    "id": "Indonesian", "vi": "Vietnamese", "lb": "Luxembourgish", "sw": "Swahili",
}  # fmt: skip


def justext_lines(sample: Sample) -> list[bool]:
    """jusText 3 on one ``<p>`` a line; its settings without stop words where it has no list for the language."""
    import html  # noqa: PLC0415

    import justext  # noqa: PLC0415

    document = "<html><body>" + "".join(f"<p>{html.escape(text)} </p>" for text, _ in sample.lines) + "</body></html>"
    name = _STOPLISTS.get(sample.language)
    if name is None:
        paragraphs = justext.justext(
            document.encode(), frozenset(), stopwords_low=0, stopwords_high=0, encoding="utf-8"
        )
    else:
        paragraphs = justext.justext(document.encode(), justext.get_stoplist(name), encoding="utf-8")
    verdicts: dict[str, list[bool]] = defaultdict(list)
    for paragraph in paragraphs:
        verdicts["".join(paragraph.text.split())].append(not paragraph.is_boilerplate)
    keep: list[bool] = []
    for text, _ in sample.lines:
        waiting = verdicts.get("".join(text.split()))
        keep.append(bool(waiting and (waiting.pop(0) if len(waiting) > 1 else waiting[0])))
    return keep


def evaluate(samples: Sequence[Sample], training: Training) -> dict[str, Any]:
    """All tables, printed and returned."""
    folds = np.array([sample.fold for sample in training.samples])
    labels: dict[str, tuple[Label, ...]] = {}
    lost: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for fold in range(FOLDS):
        labeller = BlockLabeller(training.fit(folds != fold))
        held = [sample for sample in samples if sample.fold == fold]
        for sample, verdict in zip(held, labeller.label([as_page(sample.lines) for sample in held]), strict=True):
            labels[sample.page_id] = verdict
        _count_lost(lost, labeller, held, labels)
        print(f"fold {fold + 1} of {FOLDS} done", file=sys.stderr)
    methods: dict[str, Callable[[Sample], list[bool]]] = {
        "keep all": keep_all,
        "C4 line rules": c4_lines,
        "jusText": justext_lines,
        "ours": lambda sample: [label.kind in BODY or label.kind is Kind.DEK for label in labels[sample.page_id]],
    }
    figures: dict[str, Any] = {"quality": _quality_table(samples, methods)}
    figures["clean pages"] = {name: {"lines": total, "lost": gone} for name, (gone, total) in sorted(lost.items())}
    print("\n## Lines lost on pages that are nothing but body")
    for name, (gone, total) in sorted(lost.items()):
        print(f"{name:<28} {gone:>6} of {total:>6}  {gone / max(total, 1):.2%}")
    figures["titles"] = _title_table(samples, labels)
    figures["kinds"] = _kind_table(samples, labels)
    figures["rules"] = _rule_table(samples)
    figures["calibration"] = _calibration_table(samples, labels)
    return figures


def evaluate_network(samples: Sequence[Sample]) -> dict[str, Any]:
    """Tables of the committed network with all rules, printed and returned. Its weights have seen these pages."""
    print(IN_SAMPLE)
    labeller = load_labeller(LabelSettings(labeller="network"))
    verdicts = labeller.label([as_page(sample.lines) for sample in samples])
    labels = {sample.page_id: verdict for sample, verdict in zip(samples, verdicts, strict=True)}
    figures: dict[str, Any] = {
        "note": IN_SAMPLE,
        "labeller": f"{labeller.name}/{labeller.version}",
        "quality": _quality_table(
            samples,
            {
                "keep all": keep_all,
                "network, IN-SAMPLE": lambda sample: [
                    label.kind in BODY or label.kind is Kind.DEK for label in labels[sample.page_id]
                ],
            },
        ),
        "titles": _title_table(samples, labels),
        "kinds": _kind_table(samples, labels),
    }
    print(IN_SAMPLE)
    return figures


def _count_lost(
    lost: dict[str, list[int]],
    labeller: BlockLabeller,
    held: Sequence[Sample],
    labels: Mapping[str, tuple[Label, ...]],
) -> None:
    """Add up the lines that are lost when the truth, or our own output, is labelled as a page."""
    sets: dict[str, list[tuple[str, list[tuple[str, bool]]]]] = {"truth": [], "own output": []}
    for sample in held:
        sets["truth"].append(
            (
                sample.page_type,
                [(" ".join(row.split()), True) for row in sample.truth.split("\n") if row.strip()],
            )
        )
        kept = [
            text for (text, _), label in zip(sample.lines, labels[sample.page_id], strict=True) if label.kind in BODY
        ]
        sets["own output"].append((sample.page_type, [(text, True) for text in kept]))
    for name, pages in sets.items():
        for (page_type, lines), verdict in zip(
            pages, labeller.label([as_page(lines) for _, lines in pages]), strict=True
        ):
            group = page_type if page_type in {"article", "news"} else "other types"
            lost[f"{name}, {group}"][0] += sum(label.kind not in BODY for label in verdict)
            lost[f"{name}, {group}"][1] += len(lines)


def _quality_table(samples: Sequence[Sample], methods: Mapping[str, Callable[[Sample], list[bool]]]) -> dict[str, Any]:
    groups: dict[str, list[int]] = defaultdict(list)
    for index, sample in enumerate(samples):
        groups["Fundus" if sample.corpus == "fundus" else "WCXB all"].append(index)
        groups[f"Fundus {sample.language}" if sample.corpus == "fundus" else f"WCXB {sample.page_type}"].append(index)
    generator = np.random.default_rng(1)
    result: dict[str, Any] = {}
    for method, choose in methods.items():
        texts = [
            "\n".join(text for (text, _), kept in zip(sample.lines, choose(sample), strict=True) if kept)
            for sample in samples
        ]
        words = np.array([word_f1(text, sample.truth) for text, sample in zip(texts, samples, strict=True)])
        rates = np.array([shingle_rates(text, sample.truth) for text, sample in zip(texts, samples, strict=True)])
        result[method] = {}
        for group in sorted(groups):
            chosen = np.array(groups[group])
            precision, recall = rates[chosen].mean(axis=0)
            means = words[chosen][generator.integers(0, len(chosen), (RESAMPLES, len(chosen)))].mean(axis=1)
            result[method][group] = {
                "pages": len(chosen),
                "word_f1": round(float(words[chosen].mean()), 4),
                "interval": [round(float(bound), 4) for bound in np.percentile(means, [2.5, 97.5])],
                "shingle_f1": round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0,
            }
    print("\n## Word F1 [95 % bootstrap interval] / shingle F1, every page counted")
    for group in sorted(groups):
        cells = [
            f"{method} {row['word_f1']:.3f} [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}] / "
            f"{row['shingle_f1']:.3f}"
            for method, row in ((method, result[method][group]) for method in methods)
        ]
        print(f"{group:<22} {len(groups[group]):>5}  " + "   ".join(cells))
    return result


def _title_table(samples: Sequence[Sample], labels: Mapping[str, tuple[Label, ...]]) -> dict[str, Any]:
    print("\n## Titles (plain text)")
    result: dict[str, Any] = {}
    for name in ("article", "news"):
        outcome: Counter[str] = Counter()
        for sample in samples:
            if sample.page_type != name or not sample.title:
                continue
            found = [
                text
                for (text, _), label in zip(sample.lines, labels[sample.page_id], strict=True)
                if label.kind is Kind.TITLE
            ]
            there = any(same_title(text, sample.title) for text, _ in sample.lines)
            right = any(same_title(text, sample.title) for text in found)
            outcome["right" if right else "none" if not found else "other"] += 1
            outcome["printed on the page"] += there
            outcome["printed, found other"] += there and bool(found) and not right
            outcome["printed, found none"] += there and not found
        print(name, dict(sorted(outcome.items())))
        result[name] = dict(sorted(outcome.items()))
    return result


def _kind_table(samples: Sequence[Sample], labels: Mapping[str, tuple[Label, ...]]) -> dict[str, dict[str, int]]:
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        if sample.page_type in {"article", "news"}:
            for weak, label in zip(sample.kinds, labels[sample.page_id], strict=True):
                table[weak]["body" if label.kind in BODY else str(label.kind)] += 1
    names = ["body", *(str(kind) for kind in Kind if kind not in BODY and kind is not Kind.DUPLICATE)]
    print("\n## Kinds on articles and news: weak kind of the bench (rows), ours (columns)")
    print(f"{'':<11}" + "".join(f"{name[:7]:>8}" for name in names))
    for weak in sorted(table):
        print(f"{weak:<11}" + "".join(f"{table[weak][name]:>8}" for name in names))
    return {weak: dict(counts) for weak, counts in sorted(table.items())}


def _rule_table(samples: Sequence[Sample]) -> dict[str, dict[str, Any]]:
    hits: dict[str, list[int]] = {rule.name: [0, 0] for rule in RULES}
    sites: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for (text, _), is_content in zip(sample.lines, sample.content, strict=True):
            rule = recognise(text)
            if rule is not None:
                hits[rule.name][0] += 1
                hits[rule.name][1] += is_content
                sites[rule.name].add(sample.group)
    print("\n## Rules: share of recognised lines that are not body")
    result: dict[str, dict[str, Any]] = {}
    for rule in RULES:
        total, wrong = hits[rule.name]
        precision = 1 - wrong / total if total else float("nan")
        print(
            f"{rule.name:<20} {'certain' if rule.certain else '':<8} {total:>6} lines "
            f"{len(sites[rule.name]):>5} sites  {precision:.3f}"
        )
        result[rule.name] = {
            "certain": rule.certain,
            "lines": total,
            "sites": len(sites[rule.name]),
            "precision": round(precision, 4),
        }
    return result


def _calibration_table(samples: Sequence[Sample], labels: Mapping[str, tuple[Label, ...]]) -> list[dict[str, float]]:
    score = np.array([label.score for sample in samples for label in labels[sample.page_id]])
    truth = np.array([value for sample in samples for value in sample.content], dtype=np.float64)
    print("\n## Calibration of the score, held out: lines, mean score, share of body")
    rows: list[dict[str, float]] = []
    for low in np.arange(0.0, 1.0, 0.1):
        chosen = (score >= low) & (score < low + 0.1 + (low > 0.85))
        if chosen.any():
            rows.append(
                {
                    "lines": int(chosen.sum()),
                    "score": round(float(score[chosen].mean()), 3),
                    "body": round(float(truth[chosen].mean()), 3),
                }
            )
            print(rows[-1])
    return rows


if __name__ == "__main__":
    sys.exit(main())
