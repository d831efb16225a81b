"""Quality of article duplicates on planted truth: what happens to stories, and what only looks like it.

python -m benchmarks.dedup_articles [--seed N] [--articles N]
"""

from __future__ import annotations

import argparse
from collections import Counter

from benchmarks.dedup_edits import substituted
from benchmarks.dedup_planted import Planter
from benchmarks.dedup_prose import UNSPACED, Writer
from benchmarks.dedup_score import harmonic, ratio
from pipeline.dedup import ArticleItem, ParagraphItem, find_duplicates
from pipeline.settings import CanonicalSettings, DedupSettings

KINDS = (
    "copy", "substituted 5 %", "substituted 15 %", "new lead", "shortened to 60 %", "shortened to 30 %",
    "updated, same URL", "half rewritten, same URL", "not: shares a quotation", "not: shares a third",
    "not: collects many stories", "not: shares a house formula", "not: shares a famous quotation",
)  # fmt: skip


def plant(seed: int, count: int) -> tuple[list[ArticleItem], list[ParagraphItem], dict[tuple[str, str], str]]:
    """Pairs of articles of 4 to 12 paragraphs, each kind equally often."""
    planter = Planter(seed)
    chance = planter.chance
    articles: list[ArticleItem] = []
    paragraphs: list[ParagraphItem] = []
    truth: dict[tuple[str, str], str] = {}
    writers = list(planter.writers.values())
    formulas = {writer.language: [writer.paragraph(150), writer.paragraph(30)] for writer in writers}

    def add(name: str, texts: list[str], url: str | None) -> str:
        body = "\n\n".join(texts)
        site = "one.example" if url else "two.example"
        articles.append(ArticleItem(name, name, site, url, None, None, None, len(body.split()), body))
        paragraphs.extend(ParagraphItem(f"{name}-{at:03}", name, site, at, text) for at, text in enumerate(texts))
        return name

    number = 0
    while len(articles) < count:
        writer = writers[number % len(writers)]
        kind = KINDS[number % len(KINDS)]
        body = [writer.paragraph(writer.length()) for _ in range(chance.randint(4, 12))]
        notice, saying = formulas[writer.language]
        if kind == "not: shares a house formula":
            # Short stories above a long notice: alike as wholes.
            body = [body[0], notice]
        elif kind == "not: shares a famous quotation":
            body.insert(1, saying)
        made = changed(kind, body, writer, notice, saying)
        url = f"https://one.example/{number}"
        one = add(f"a{number:06}", body, url)
        other = add(f"b{number:06}", made, url if kind.endswith("same URL") else None)
        truth[one, other] = kind
        number += 1
    return articles, paragraphs, truth


def changed(kind: str, body: list[str], writer: Writer, notice: str, saying: str) -> list[str]:
    """The other article of a pair."""
    unspaced = writer.language in UNSPACED
    others = [writer.paragraph(writer.length()) for _ in body]
    third = max(1, len(body) // 3)
    results = {
        "copy": body,
        "substituted 5 %": [substituted(text, 0.05, writer, unspaced) for text in body],
        "substituted 15 %": [substituted(text, 0.15, writer, unspaced) for text in body],
        "new lead": [writer.paragraph(25), *body[1:]],
        "shortened to 60 %": body[: max(1, round(0.6 * len(body)))],
        "shortened to 30 %": body[: max(1, round(0.3 * len(body)))],
        "updated, same URL": [others[0], *(substituted(text, 0.03, writer, unspaced) for text in body), others[-1]],
        "half rewritten, same URL": [*others[: len(body) // 2], *body[len(body) // 2 :]],
        "not: shares a quotation": [*others[1:], body[1]],
        "not: shares a third": [*others[third:], *body[:third]],
        "not: shares a house formula": [others[0], notice],
        "not: shares a famous quotation": [others[0], saying, *others[1:]],
    }
    if kind == "not: collects many stories":
        return [*body, *(writer.paragraph(writer.length()) for _ in range(9 * len(body)))]
    return results[kind]


def main() -> None:
    """Print found and planted pairs of each kind."""
    parser = argparse.ArgumentParser(description="quality of article duplicates")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--articles", type=int, default=1_000)
    options = parser.parse_args()
    articles, paragraphs, truth = plant(options.seed, options.articles)
    found = find_duplicates(articles, paragraphs, DedupSettings(), CanonicalSettings())
    same = {
        (pair.left, pair.right): pair.relation
        for pair in found.pairs
        if pair.level == "article" and pair.relation != "form"
    }
    planted, caught = Counter(truth.values()), Counter(truth.get(pair, "not: unrelated") for pair in same)
    hits = sum(count for kind, count in caught.items() if not kind.startswith("not:"))
    wanted = sum(count for kind, count in planted.items() if not kind.startswith("not:"))
    precision, recall = ratio(hits, len(same)), ratio(hits, wanted)
    print(f"{len(articles)} articles, seed {options.seed}")
    print(f"precision {precision:.4f}  recall {recall:.4f}  F1 {harmonic(precision, recall):.4f}")
    for kind in sorted(planted | caught):
        print(f"    {kind:32} {caught[kind]:5} / {planted[kind]}")
    print("    relations:", dict(sorted(Counter(same.values()).items())))


if __name__ == "__main__":
    main()
