"""Near-duplicates on planted truth: quality by kind of edit, thresholds, and time beside plain datasketch.

    python -m benchmarks.dedup_quality [--seed N] [--sizes 1000 10000] [--bench DIR]

The text is made, so that the truth is known: a first-order Markov chain over the language reference that Python
ships (``pydoc_data.topics``) writes sentences whose word pairs recur as those of real prose do. Each kind of edit
that happens to copied text is planted, and two kinds of hard negatives: the same template with other facts, and
different articles that share a quotation. ``--bench`` adds real pages as negatives: texts of pages that are
known to be different, among which no pair should be found; what is found is listed to be looked at.
"""

from __future__ import annotations

import argparse
import gzip
import json
import pydoc_data.topics
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.dedup import ArticleItem, Deduplication, Pair, ParagraphItem, find_duplicates
from pipeline.dedup.shingles import shingle_hash, shingles
from pipeline.settings import CanonicalSettings, DedupSettings

if TYPE_CHECKING:
    from collections.abc import Callable


class Writer:
    """Endless prose with a known seed."""

    def __init__(self, random_: random.Random) -> None:
        self.random = random_
        self.follow: defaultdict[str, list[str]] = defaultdict(list)
        for topic in pydoc_data.topics.topics.values():
            for part in re.split(r"[.;:]\s", topic):
                for one, other in pairwise(re.findall(r"[A-Za-z]+", part)):
                    self.follow[one].append(other)
        self.words = sorted(self.follow)

    def sentence(self) -> str:
        """Between 6 and 30 words and a full stop."""
        written = [self.random.choice(self.words)]
        goal = self.random.randint(6, 30)
        while len(written) < goal:
            written.append(self.random.choice(self.follow.get(written[-1], self.words)))
        return " ".join(written).capitalize() + "."

    def paragraph(self) -> str:
        """One to four sentences."""
        return " ".join(self.sentence() for _ in range(self.random.randint(1, 4)))

    def substituted(self, text: str, share: float) -> str:
        """The text with a share of its words, at least one, replaced."""
        written = text.split(" ")
        count = max(1, round(share * len(written)))
        for place in self.random.sample(range(len(written)), count):
            written[place] = self.random.choice(self.words)
        return " ".join(written)


def surface(text: str) -> str:
    """What a content system changes on the way: case, quotes, dashes, spaces."""
    return "\u201c" + text.upper().replace(" ", "  ").replace("'", "\u2019") + "\u201d \u2014"


def cut(text: str, share: float) -> str:
    """The text without its last words."""
    written = text.split(" ")
    return " ".join(written[: max(2, round(len(written) * (1 - share)))])


@dataclass
class Planted:
    """Items and the pairs that are true, by kind; kinds that begin with ``not:`` must not be found."""

    articles: list[ArticleItem]
    paragraphs: list[ParagraphItem]
    truth: dict[tuple[str, str], str]

    def article(self, name: str, texts: list[str], *, site: str | None, url: str | None = None) -> str:
        """Add one article and its paragraphs; returns its id."""
        body = "\n\n".join(texts)
        self.articles.append(ArticleItem(name, f"{name}.txt", site, url, None, None, None, len(body.split()), body))
        self.paragraphs.extend(
            ParagraphItem(f"{name}-{order}", name, site, order, text) for order, text in enumerate(texts)
        )
        return name

    def plant(self, kind: str, one: str, other: str) -> None:
        """State what a pair is."""
        self.truth[min(one, other), max(one, other)] = kind


def weather(random_: random.Random, facts: int) -> str:
    """A report from a template in which a number of the ten slots vary; the others always read the same."""
    slots: list[str] = ["Monday", "northern", "12", "light", "westerly", "65", "sunny", "Harbour", "1013", "noon"]
    pools = [
        ["Tuesday", "Friday", "Sunday"], ["southern", "eastern", "western"], ["7", "21", "30"],
        ["strong", "gusty", "mild"], ["easterly", "northerly", "variable"], ["40", "80", "95"],
        ["rainy", "cloudy", "foggy"], ["Valley", "Plains", "Coast"], ["998", "1005", "1020"],
        ["dawn", "dusk", "midnight"],
    ]  # fmt: skip
    for place in random_.sample(range(10), facts):
        slots[place] = random_.choice(pools[place])
    return (
        "On {} the {} districts will see temperatures of up to {} degrees with {} winds from {} directions. "
        "Humidity stays near {} percent and the afternoon turns {} along the {}, where the barometer reads {} "
        "hectopascal. The next bulletin follows at {}."
    ).format(*slots)


def plant_paragraphs(count: int, seed: int) -> Planted:
    """About ``count`` paragraphs, each in an article of its own; half of them are alone."""
    random_ = random.Random(seed)
    writer = Writer(random_)
    planted = Planted([], [], {})

    def add(text: str) -> str:
        number = len(planted.articles)
        return planted.article(f"a{number:07}", [text], site=f"site{number % 97}.example") + "-0"

    edits: dict[str, Callable[[str], str]] = {
        "copy": lambda text: text,
        "surface": surface,
        "substituted 5 %": lambda text: writer.substituted(text, 0.05),
        "substituted 15 %": lambda text: writer.substituted(text, 0.15),
        "cut by a quarter": lambda text: cut(text, 0.25),
        "cut by a half": lambda text: cut(text, 0.5),
        "new first sentence": lambda text: f"{writer.sentence()} {text}",
        "quoted inside": lambda text: f"{writer.paragraph()} {text} {writer.paragraph()}",
    }
    kinds = sorted(edits)
    while len(planted.paragraphs) < count:
        text = writer.paragraph()
        original = add(text)
        add(writer.paragraph())
        kind = kinds[len(planted.truth) % len(kinds)]
        planted.plant(kind, original, add(edits[kind](text)))
        add(writer.paragraph())
    return planted


def plant_templates(count: int, seed: int, facts: int) -> Planted:
    """Reports from one template, every one a different report."""
    random_ = random.Random(seed)
    planted = Planted([], [], {})
    for number in range(count):
        planted.article(f"t{number:03}", [weather(random_, facts)], site="weather.example")
    for one, other in combinations(planted.paragraphs, 2):
        if one.text != other.text:
            planted.plant(f"not: template, {facts} facts each", one.id, other.id)
    return planted


def plant_articles(count: int, seed: int) -> Planted:
    """About ``count`` articles of 4 to 12 paragraphs."""
    random_ = random.Random(seed)
    writer = Writer(random_)
    planted = Planted([], [], {})
    kinds = (
        "copy", "substituted 5 %", "substituted 15 %", "new lead", "shortened to 60 %", "shortened to 30 %",
        "updated", "not: shares a quotation", "not: shares a third", "not: collects many stories",
    )  # fmt: skip
    number = 0
    while len(planted.articles) < count:
        body = [writer.paragraph() for _ in range(random_.randint(4, 12))]
        others = [writer.paragraph() for _ in range(len(body))]
        kind = kinds[number % len(kinds)]
        match kind:
            case "copy":
                made = body
            case "substituted 5 %":
                made = [writer.substituted(text, 0.05) for text in body]
            case "substituted 15 %":
                made = [writer.substituted(text, 0.15) for text in body]
            case "new lead":
                made = [others[0], *body[1:]]
            case "shortened to 60 %":
                made = body[: max(1, round(0.6 * len(body)))]
            case "shortened to 30 %":
                made = body[: max(1, round(0.3 * len(body)))]
            case "updated":
                made = [others[0], *(writer.substituted(text, 0.03) for text in body), *others[1:3]]
            case "not: shares a quotation":
                made = [*others[1:], body[1]]
            case "not: shares a third":
                third = max(1, len(body) // 3)
                made = [*others[third:], *body[:third]]
            case _:
                made = [*body, *(writer.paragraph() for _ in range(9 * len(body)))]
        one = planted.article(f"a{number:05}", body, site="one.example", url=f"https://one.example/{number}")
        url = f"http://www.one.example/{number}/?utm_source=x" if kind == "updated" else None
        other = planted.article(f"b{number:05}", made, site="one.example" if url else "two.example", url=url)
        planted.plant(kind, one, other)
        number += 1
    return planted


def score(truth: dict[tuple[str, str], str], found: list[Pair]) -> tuple[float, float, float, dict[str, str]]:
    """Pair precision, recall and F1, and found/planted for each kind."""
    hits = {(pair.left, pair.right) for pair in found}
    wanted = {pair for pair, kind in truth.items() if not kind.startswith("not:")}
    precision = len(hits & wanted) / len(hits) if hits else 1.0
    recall = len(hits & wanted) / len(wanted) if wanted else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    planted, caught = Counter(truth.values()), Counter(truth[pair] for pair in hits if pair in truth)
    return precision, recall, f1, {kind: f"{caught[kind]}/{planted[kind]}" for kind in sorted(planted)}


def passing(found: Deduplication, level: str, dedup: DedupSettings) -> list[Pair]:
    """Pairs of a permissive run that pass stricter article thresholds: results can be re-thresholded."""
    if level == "paragraph":
        return [pair for pair in found.pairs if pair.level == level]
    return [
        pair
        for pair in found.pairs
        if pair.level == level
        and (pair.jaccard >= dedup.article_threshold or pair.containment >= dedup.article_containment)
    ]


def report_paragraphs(seed: int, dedup: DedupSettings) -> None:
    """Quality of paragraph pairs."""
    planted = plant_paragraphs(4_000, seed)
    found = find_duplicates(planted.articles, planted.paragraphs, dedup, CanonicalSettings())
    precision, recall, f1, kinds = score(planted.truth, passing(found, "paragraph", dedup))
    print(f"## Paragraphs: {len(planted.paragraphs)} planted, Jaccard >= {dedup.paragraph_threshold}")
    print(f"precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}   (found/planted by kind)")
    for kind, figure in kinds.items():
        print(f"    {kind:28} {figure}")
    without = {pair: kind for pair, kind in planted.truth.items() if kind != "quoted inside"}
    print(
        "    without 'quoted inside':  recall {1:.4f}  F1 {2:.4f}".format(
            *score(without, passing(found, "paragraph", dedup))
        )
    )
    for facts in (3, 6, 10):
        planted = plant_templates(60, seed, facts)
        found = find_duplicates(planted.articles, planted.paragraphs, dedup, CanonicalSettings())
        for level in ("paragraph", "article"):
            pairs = [
                replace(pair, left=pair.left[:4] + "-0", right=pair.right[:4] + "-0")
                for pair in found.pairs
                if pair.level == level
            ]
            kinds = score(planted.truth, pairs)[3]
            print("    " + "  ".join(f"{kind}: {figure} ({level} pairs)" for kind, figure in kinds.items()))


def report_articles(seed: int, dedup: DedupSettings) -> None:
    """Quality of article pairs over thresholds."""
    planted = plant_articles(1_600, seed)
    print(f"\n## Articles: {len(planted.articles)} planted")
    loose = dedup.model_copy(update={"article_threshold": 0.2, "article_containment": 0.5, "containment_size": 0.01})
    everything = find_duplicates(planted.articles, planted.paragraphs, loose, CanonicalSettings())
    print("threshold  containment  precision  recall  F1   (size bound off)")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        for containment in (0.6, 0.7, 0.8, 0.9, 1.0):
            setting = dedup.model_copy(update={"article_threshold": threshold, "article_containment": containment})
            result = score(planted.truth, passing(everything, "article", setting))
            print(f"{threshold:9} {containment:12} {result[0]:10.4f} {result[1]:7.4f} {result[2]:7.4f}")
    found = find_duplicates(planted.articles, planted.paragraphs, dedup, CanonicalSettings())
    result = score(planted.truth, passing(found, "article", dedup))
    print("as set:    precision {:.4f}  recall {:.4f}  F1 {:.4f}".format(*result[:3]))
    for kind, figure in result[3].items():
        print(f"    {kind:28} {figure}")
    print("    relations:", dict(Counter(pair.relation for pair in found.pairs if pair.level == "article")))


def report_time(sizes: list[int], seed: int, dedup: DedupSettings) -> None:
    """CPU seconds beside plain datasketch: shingles, MinHash.bulk, MinHashLSH insert and query, no verification."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415  # its import is not to be timed

    print("\n## Time, CPU seconds of one process, same texts (only copydesk verifies and clusters)")
    for size in sizes:
        planted = plant_paragraphs(size, seed)
        start = time.process_time()
        find_duplicates(planted.articles, planted.paragraphs, dedup, CanonicalSettings())
        ours = time.process_time() - start
        start = time.process_time()
        rows = dedup.permutations // dedup.bands
        index = MinHashLSH(num_perm=dedup.permutations, params=(dedup.bands, rows))
        elements = ([each.encode() for each in shingles(item.text, dedup.shingle_words)] for item in planted.paragraphs)
        sketches = MinHash.bulk(elements, num_perm=dedup.permutations, seed=dedup.seed, hashfunc=shingle_hash_cached())
        for item, sketch in zip(planted.paragraphs, sketches, strict=True):
            index.insert(item.id, sketch)
        for sketch in sketches:
            index.query(sketch)
        theirs = time.process_time() - start
        print(f"{size:8} paragraphs: copydesk {ours:6.2f}  datasketch MinHashLSH {theirs:6.2f}")


def shingle_hash_cached() -> object:
    """The published hash with a memory, as the pure Python one would make datasketch look slow."""
    memory: dict[bytes, int] = {}

    def remembered(shingle: bytes) -> int:
        known = memory.get(shingle)
        if known is None:
            known = memory[shingle] = shingle_hash(shingle)
        return known

    return remembered


def report_real(bench: Path, dedup: DedupSettings) -> None:
    """Pairs among real pages that are known to be different pages."""
    planted = Planted([], [], {})
    urls: dict[str, str] = {}
    for name in ("wcxb-dev", "fundus-dev"):
        path = bench / name / "ground-truth.jsonl.gz"
        if not path.is_file():
            raise SystemExit(f"--bench: {path} is missing; the folder must hold the labelled pages")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                page = json.loads(line)
                texts = (
                    page["main_content"].split("\n")
                    if "main_content" in page
                    else [part["text"] for part in page["body"]]
                )
                site = page.get("domain") or page.get("publisher")
                article = planted.article(
                    f"{name}-{page['page_id']}", [text for text in texts if text.strip()], site=site, url=page["url"]
                )
                urls[article] = page["url"]
    loose = dedup.model_copy(update={"article_threshold": 0.1, "article_containment": 0.4, "containment_size": 0.01})
    start = time.process_time()
    found = find_duplicates(planted.articles, planted.paragraphs, loose, CanonicalSettings())
    spent = time.process_time() - start
    print(
        f"\n## Real pages as negatives: {len(planted.articles)} pages, {len(planted.paragraphs)} paragraphs, "
        f"{spent:.1f} CPU s"
    )
    words = {article.id: article.words for article in planted.articles}
    strict = find_duplicates(planted.articles, planted.paragraphs, dedup, CanonicalSettings())
    kept = {(pair.left, pair.right) for pair in strict.pairs if pair.level == "article"}
    print(f"article pairs as set: {len(kept)}; all pairs of Jaccard >= .1 or containment >= .4:")
    for pair in sorted((each for each in found.pairs if each.level == "article"), key=lambda each: -each.jaccard):
        mark = "*" if (pair.left, pair.right) in kept else " "
        print(
            f"  {mark} J {pair.jaccard:.3f} C {pair.containment:.3f} {words[pair.left]:5} {words[pair.right]:5} words  "
            f"{urls[pair.left]}  {urls[pair.right]}"
        )
    for relation, count in Counter(pair.relation for pair in strict.pairs if pair.level == "paragraph").items():
        print(f"paragraph pairs, {relation}: {count}")
    sample = [
        pair for pair in strict.pairs if pair.level == "paragraph" and pair.jaccard < 1 and pair.relation == "quote"
    ]
    texts_of = {paragraph.id: paragraph.text for paragraph in planted.paragraphs}
    random.Random(1).shuffle(sample)
    for pair in sample[:25]:
        print(f"  J {pair.jaccard:.2f}\n      {texts_of[pair.left][:150]}\n      {texts_of[pair.right][:150]}")


def main() -> None:
    """Print all reports."""
    parser = argparse.ArgumentParser(description="quality and speed of near-duplicate detection")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000])
    parser.add_argument("--bench", type=Path, help="folder of labelled pages, used as real negatives")
    options = parser.parse_args()
    dedup = DedupSettings()
    report_paragraphs(options.seed, dedup)
    report_articles(options.seed, dedup)
    report_time(options.sizes, options.seed, dedup)
    if options.bench:
        report_real(options.bench, dedup)


if __name__ == "__main__":
    main()
