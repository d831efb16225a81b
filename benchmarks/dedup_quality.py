"""Quality of near-duplicate search on planted truth, beside the peers that are installed.

    python -m benchmarks.dedup_quality [--seed N] [--paragraphs N] [--articles N] [--peers] [--misses N]

Seeds 1 to 3 are for development; any other seed has other languages and other written templates
(``dedup_planted``). Nothing is fitted here: the settings are the defaults.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from benchmarks.dedup_planted import Planter
from benchmarks.dedup_score import Planted, Score, adjusted_rand, ratio, score, true_clusters
from pipeline.dedup import ArticleItem, Deduplication, ParagraphItem, find_duplicates
from pipeline.dedup.shingles import shingles, words
from pipeline.settings import CanonicalSettings, DedupSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

NOT_ONE = ("quoted",)
"""A text quoted inside another is found but stays a text of its own: no cluster."""


def items(texts: Iterable[str]) -> tuple[list[ArticleItem], list[ParagraphItem]]:
    """Each text as a paragraph of an article of its own."""
    articles, paragraphs = [], []
    for number, text in enumerate(texts):
        name = f"{number:08}"
        articles.append(ArticleItem(name, name, None, None, None, None, None, len(text.split()), text))
        paragraphs.append(ParagraphItem(f"{name}-0", name, None, 0, text))
    return articles, paragraphs


def called_same(texts: list[str], found: Deduplication) -> set[tuple[int, int]]:
    """Pairs of positions called the same; copies of one text share what is known of it."""
    copies: defaultdict[str, list[int]] = defaultdict(list)
    folded = [" ".join(words(text)) for text in texts]
    for at, text in enumerate(folded):
        copies[text].append(at)
    pairs = {
        (one, other) for group in copies.values() for one in group for other in group if one < other and texts[one]
    }
    for pair in found.pairs:
        if pair.level == "paragraph" and pair.relation != "form":
            left, right = int(pair.left[:8]), int(pair.right[:8])
            pairs |= {(min(i, j), max(i, j)) for i in copies[folded[left]] for j in copies[folded[right]] if i != j}
    return pairs


def stray_members(texts: list[str], found: Deduplication, dedup: DedupSettings) -> int:
    """Repeats that are not similar to their first source by definition, on sets of strings."""
    stray = 0
    for name, repeat in found.repeats.items():
        one, other = texts[int(name[:8])], texts[int(repeat.first[:8])]
        if words(one) != words(other):
            left, right = set(shingles(one, dedup.shingle_words)), set(shingles(other, dedup.shingle_words))
            stray += len(left & right) < dedup.paragraph_threshold * len(left | right)
    return stray


def print_score(result: Score) -> None:
    """Figures by kind and length."""
    print(f"precision {result.precision:.4f}  recall {result.recall:.4f}  F1 {result.f1:.4f}")
    told, called = result.told.total(), result.false.total() - result.false["unrelated"]
    precision = ratio(result.template_hits, result.template_hits + result.template_false)
    print(f"texts of templates: precision {precision:.4f}; hard negatives told apart {ratio(told, told + called):.4f}")
    quoted = [
        sum(count for kind, count in side.items() if kind.startswith("quoted")) for side in (result.hits, result.misses)
    ]
    print(f"quoted inside: recall {ratio(quoted[0], sum(quoted)):.4f}")
    for kind in sorted(result.hits | result.misses):
        print(f"    {kind:36} {result.hits[kind]:6} / {result.hits[kind] + result.misses[kind]}")
    for kind in sorted(result.false | result.told):
        print(f"    {kind:36} {result.false[kind]:6} / {result.false[kind] + result.told[kind]} called the same")
    for (low, high), (hits, misses, false) in sorted(result.by_length.items()):
        name = f"{low} to {high - 1} words" if high < 10_000 else f"{low} words and more"
        print(f"    {name:36} precision {ratio(hits, hits + false):.4f}  recall {ratio(hits, hits + misses):.4f}")


def report_paragraphs(seed: int, count: int, dedup: DedupSettings, misses: int) -> None:
    """Quality of paragraph pairs and clusters."""
    planter = Planter(seed)
    planted = Planted.of(planter.groups(count))
    print(f"## Paragraphs: {len(planted.texts)}, seed {seed}, languages {' '.join(planter.languages)}")
    corpus = items(planted.texts)
    start = time.process_time()
    found = find_duplicates(*corpus, dedup, CanonicalSettings())
    print(f"{time.process_time() - start:.1f} CPU s")
    same = called_same(planted.texts, found)
    print_score(score(planted, same))
    first = [
        int(found.repeats[part.id].first[:8]) if part.id in found.repeats else at for at, part in enumerate(corpus[1])
    ]
    print(f"clusters: adjusted Rand index {adjusted_rand(first, true_clusters(planted, NOT_ONE)):.4f}")
    print(f"members not directly similar to what they repeat: {stray_members(planted.texts, found, dedup)}")
    shown = Counter[str]()
    for pair, kind in planted.truth.items():
        if (pair in same) == kind.startswith("not:") and shown[kind] < misses:
            shown[kind] += 1
            print(f"{kind}\n    {planted.texts[pair[0]][:400]}\n    {planted.texts[pair[1]][:400]}")
    for pair in sorted(same):
        if planted.group_of[pair[0]] != planted.group_of[pair[1]] and shown["unrelated"] < misses:
            shown["unrelated"] += 1
            print(f"unrelated\n    {planted.texts[pair[0]][:400]}\n    {planted.texts[pair[1]][:400]}")


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="quality of near-duplicate search on planted truth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paragraphs", type=int, default=20_000)
    parser.add_argument("--misses", type=int, default=0, help="print so many errors of each kind")
    options = parser.parse_args()
    dedup = DedupSettings()
    report_paragraphs(options.seed, options.paragraphs, dedup, options.misses)


if __name__ == "__main__":
    main()
