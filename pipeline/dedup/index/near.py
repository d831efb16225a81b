"""An index on disk: its paragraphs and its articles, at one release.

    FOLDER/segments/NAME/        texts, never changed (``segment``)
    FOLDER/states/RUN/           what run RUN left: manifest.json, and a folder for each level (``level``)

A state is written under another name and renamed when it is complete. It belongs to the release that names its run:
what a run left that never published is no release's, and the next run removes it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.dedup.index.addresses import remembered_pages
from pipeline.dedup.index.level import Batch, Level, grow
from pipeline.dedup.index.merge import settle_segments
from pipeline.dedup.index.ordered import Ordered
from pipeline.dedup.index.recipe import recipe_in
from pipeline.dedup.index.segment import Segment
from pipeline.dedup.index.texts import Texts
from pipeline.disk import sync_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.dedup.columns import ArticleColumns, ParagraphColumns
    from pipeline.dedup.index.level import Map
    from pipeline.dedup.index.recipe import Recipe
    from pipeline.dedup.records import Level as LevelName
    from pipeline.shelf import Shelf

MANIFEST = "manifest.json"

DEAD_SHARE = 0.5
"""If more of the texts than this stand nowhere any more, the index is better made again than added to."""


def article_key(article_id: str) -> int:
    """An article's id as the 64-bit number that it is.

    :raises ValueError: it is none
    """
    key = int(article_id, 16)
    if key >= 1 << 64:
        raise ValueError(f"article id {article_id} has more than 64 bits")
    return key


@dataclass(frozen=True)
class NearIndex:
    """An index, opened."""

    folder: Path
    recipe: Recipe
    paragraphs: Level
    articles: Level

    @classmethod
    def open(cls, folder: Path, run: str, recipe: Recipe, corpus: str) -> NearIndex | None:
        """The index that ``run`` left in ``folder``, to add to it; None where there is none.

        :param corpus: what messages call it
        :raises UsageError: it was made by another recipe
        """
        index = cls.of_run(folder, run)
        if index is not None:
            recipe.check(index.recipe, corpus)
        return index

    @classmethod
    def of_run(cls, folder: Path, run: str) -> NearIndex | None:
        """The index that ``run`` left in ``folder``, to read it; None where there is none.

        :raises UsageError: another version of Copydesk wrote it
        """
        state = folder / "states" / run
        try:
            manifest = json.loads((state / MANIFEST).read_text("utf-8"))
        except FileNotFoundError:
            return None
        recipe = recipe_in(manifest, folder)
        levels = [
            Level(name, state / name, Texts(tuple(_segments(manifest["segments"][name], folder, recipe))), recipe)
            for name in LEVELS
        ]
        return cls(folder, recipe, *levels)

    @cached_property
    def article_keys(self) -> NDArray[np.uint64]:
        """Keys of all articles, sorted."""
        return np.array(self.articles.places[0])

    @property
    def worn(self) -> bool:
        """Whether so many texts are gone that it is better made again."""
        alive = self.paragraphs.alive
        return len(alive) > 0 and float(np.mean(alive)) < 1 - DEAD_SHARE


LEVELS: tuple[LevelName, ...] = ("paragraph", "article")


def _segments(listed: list[dict[str, Any]], folder: Path, recipe: Recipe) -> Iterator[Segment]:
    for each in listed:
        yield Segment(folder / "segments" / each["name"], each["first"], each["count"], recipe.permutations)


@dataclass(frozen=True, slots=True)
class Growth:
    """An index with a run's changes, not yet named: ``keep`` makes it the state of the run."""

    index: NearIndex
    before: NearIndex | None
    run: str
    draft: Path

    def paragraphs(self, ranked: ArticleColumns, ordered: ParagraphColumns, shelf: Shelf) -> Ordered:
        """The paragraphs, the preferred first; ``articles`` of the columns are places in ``ranked``."""
        keys = _keys(ranked)[ordered.articles]
        orders = ordered.orders.astype(np.uint32)
        before = self.before.paragraphs if self.before else None
        return Ordered(self.index.paragraphs, before, keys, orders, shelf)

    def articles(self, ranked: ArticleColumns) -> Ordered:
        """The articles as wholes, the preferred first."""
        orders = np.zeros(len(ranked), dtype=np.uint32)
        before = self.before.articles if self.before else None
        return Ordered(self.index.articles, before, _keys(ranked), orders)

    def pages(self, ranked: ArticleColumns) -> NDArray[np.int64]:
        """Which of the articles stand under one URL: as ``relate.pages``, up to the numbers."""
        before = self.before.articles.folder if self.before else None
        return remembered_pages(ranked.urls, before, self.index.articles.folder)

    def keep(self) -> None:
        """Write the manifest, and make the state visible under the run's name."""
        segments = {
            level.name: [
                {"name": segment.folder.name, "first": segment.first, "count": segment.count}
                for segment in level.texts.segments
            ]
            for level in (self.index.paragraphs, self.index.articles)
        }
        manifest = {"run": self.run, "recipe": asdict(self.index.recipe), "segments": segments}
        (self.draft / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
        _sync(self.draft.rglob("*"))
        for level in (self.index.paragraphs, self.index.articles):
            for segment in level.texts.segments:
                if segment.folder.name.endswith(self.run):
                    _sync(segment.folder.iterdir())
        self.draft.replace(self.draft.with_name(self.run))


def grown(
    before: NearIndex | None,
    folder: Path,
    run: str,
    recipe: Recipe,
    *,
    keep: Collection[int],
    paragraphs: Iterable[Batch],
    articles: Iterable[Batch],
    counts: tuple[int, int],
    tasks: Map,
) -> Growth:
    """The index after a run.

    :param keep: keys of the articles that stay as they are
    :param paragraphs: the paragraphs of all other articles; :param articles: their texts as wholes, order 0
    :param counts: how many of each
    """
    kept = np.sort(np.fromiter(keep, np.uint64, len(keep)))
    draft = folder / "states" / f"_{run}"
    levels = {}
    for name, batches, count in zip(LEVELS, (paragraphs, articles), counts, strict=True):
        old = None if before is None else before.paragraphs if name == "paragraph" else before.articles
        level = grow(
            old,
            kept,
            batches,
            count,
            folder=draft / name,
            segment=folder / "segments" / f"{name}-{run}",
            recipe=recipe,
            name=name,
            run=tasks,
        )
        levels[name] = settle_segments(level, folder / "segments", run)
    return Growth(NearIndex(folder, recipe, levels["paragraph"], levels["article"]), before, run, draft)


def sweep(folder: Path, runs: Collection[str]) -> None:
    """Remove what is of none of some runs: their states and segments stay."""
    named: set[str] = set()
    for state in _children(folder / "states"):
        if state.name in runs:
            manifest = json.loads((state / MANIFEST).read_text("utf-8"))
            named |= {each["name"] for level in manifest["segments"].values() for each in level}
        else:
            shutil.rmtree(state, ignore_errors=True)
    for segment in _children(folder / "segments"):
        if segment.name not in named:
            shutil.rmtree(segment, ignore_errors=True)


def _keys(articles: ArticleColumns) -> NDArray[np.uint64]:
    return np.fromiter(map(article_key, articles.ids), np.uint64, len(articles))


def _children(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _sync(paths: Iterable[Path]) -> None:
    """What a crash of the machine must not lose: the files among them."""
    for path in paths:
        if path.is_file():
            sync_file(path)
