"""One level of an index, paragraphs or articles: its segments, where their texts stand, and which are alike.

A level is never changed: ``grow`` makes the next one, which shares the older segments.

- *Pairs* are those of small buckets (``MAX_BUCKET``), all with all. They depend on the set of texts alone, so a pair of
  older texts never has to be looked for again.
- *Crowds* are the keys of larger buckets. Which of their texts are paired depends on who came first, and that changes
  when an older article arrives: their pairs are found again by every run (``Level.candidates``), but what is known of a
  pair from the run before is not computed again (``others``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.dedup.candidates import MAX_BUCKET, grouped_pairs, pack, united, unpack
from pipeline.dedup.index.arrays import append, load, save
from pipeline.dedup.index.buckets import Settling, each_with_each, members, merged, settle
from pipeline.dedup.index.segment import PASSAGES, SegmentWriter, band_of, bucket_keys
from pipeline.dedup.index.texts import Texts
from pipeline.dedup.shingles import shingle_texts
from pipeline.dedup.signature import from_bytes, sign
from pipeline.dedup.verify import Compared, joined
from pipeline.shelf import Shelf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.dedup.index.recipe import Recipe
    from pipeline.dedup.records import Level as LevelName

    Places = tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.uint32]]
    """Articles, orders, texts."""

    Map = Callable[[Callable[[Any], None], Sequence[Any]], None]
    """Runs a task for each of some arguments, here or elsewhere, in any order."""

NONE = 0xFFFFFFFF
"""Number that stands for a text without any word."""

RANGE = 4_000_000
"""Candidate pairs that one task compares, about."""

_SAMPLED = 4_096
"""One pair in so many is looked at to find the bounds of ranges."""

_SCATTERED = 4_096
"""Texts whose signatures are read at a time. A row that is looked at maps 64 kB around it: those of all crowds of ten
million paragraphs would count as 3 GB."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts to add, with the places where they stand."""

    articles: NDArray[np.uint64]
    orders: NDArray[np.uint32]
    texts: Sequence[str]
    signatures: Sequence[bytes | None] | None = None
    """Stored signatures of the same recipe, where there are any."""


@dataclass(frozen=True)
class Level:
    """One level at one release."""

    name: LevelName
    folder: Path
    """Its columns: where texts stand (``articles.u64``, ``orders.u32``, ``texts.u32``, sorted), pairs and crowds."""
    texts: Texts
    recipe: Recipe

    @cached_property
    def places(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32], NDArray[np.uint32]]:
        """Article, order and text of every place, sorted by article and order."""
        return load(self.folder / "articles.u64"), load(self.folder / "orders.u32"), load(self.folder / "texts.u32")

    @cached_property
    def alive(self) -> NDArray[np.uint8]:
        """For each text whether it stands somewhere."""
        return load(self.folder / "alive.u8")

    @cached_property
    def crowds(self) -> NDArray[np.uint64]:
        """Keys of the buckets with more than ``MAX_BUCKET`` texts, sorted."""
        return load(self.folder / "crowds.u64")

    @cached_property
    def pairs(self) -> Compared:
        """Pairs of small buckets; also pairs of buckets that have become crowds since."""
        return load_compared(self.folder, "pairs")

    @cached_property
    def others(self) -> Compared:
        """Other pairs that the last run compared."""
        return load_compared(self.folder, "others") if (self.folder / "others-pairs.u64").exists() else joined([])

    def candidates(self, rank: NDArray[np.int64], proposed: NDArray[np.uint64], memory: Compared) -> Compared:
        """All candidate pairs with their similarities, by the numbers of the texts.

        The same pairs as ``candidates.band_pairs`` proposes for these texts in the order of ``rank``, less those that
        are not kept (``recipe.KEPT_FROM``), and ``proposed``, of which every one is kept.

        :param rank: the place of each text in the order of preference
        :param proposed: packed pairs, sorted; they are noted in ``others`` with the pairs of crowds
        :param memory: similarities that need not be computed again
        """
        kept, crowded = self.pairs, np.zeros(0, dtype=np.uint64)
        if len(self.crowds):
            bucket, number = members(self.crowds, self.texts.segments, self.alive)
            kept = kept.take(self._in_small_bucket(kept.pairs, number))
            crowded = self._crowd_pairs(bucket, number, rank)
        wanted = united(crowded, proposed)
        stored, missing = self.pairs.of(wanted)
        known, missing = memory.of(missing)
        others = joined([stored, known, self.texts.compare(missing)])
        save_compared(others, self.folder, "others")
        return joined([kept, others])

    def _crowd_pairs(
        self, bucket: NDArray[np.int64], number: NDArray[np.int64], rank: NDArray[np.int64]
    ) -> NDArray[np.uint64]:
        """As ``candidates.band_pairs`` and ``passages.passage_pairs`` pair crowds."""
        band = band_of(self.crowds[bucket])
        at, by_passage = np.flatnonzero(band != PASSAGES), np.flatnonzero(band == PASSAGES)
        at = at[np.argsort(number[at], kind="stable")]
        following = np.empty(len(at), dtype=np.uint64)
        for start in range(0, len(at), _SCATTERED):
            here = at[start : start + _SCATTERED]
            keys = bucket_keys(self.texts.signatures(number[here]), self.recipe.bands)
            following[start : start + len(here)] = keys[np.arange(len(here)), (band[here] + 1) % self.recipe.bands]
        pairs = _paired(self.crowds[bucket[at]], following, number[at], rank[number[at]])
        number = number[by_passage]
        by_length = np.lexsort((rank[number], self.texts.words(number)))
        place = np.empty(len(number), dtype=np.int64)
        place[by_length] = np.arange(len(number))
        # A text may stand in several such buckets: its places are all told by the first.
        _, first, same = np.unique(number, return_index=True, return_inverse=True)
        alone = np.arange(len(number), dtype=np.uint64)
        return united(pairs, _paired(self.crowds[bucket[by_passage]], alone, number, place[first[same]]))

    def _in_small_bucket(self, pairs: NDArray[np.uint64], crowd: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether pairs meet in some bucket that is not a crowd.

        :param crowd: texts that are in some crowd, in any order; two others can only have met in a small bucket
        """
        left, right = unpack(pairs)
        meet = np.ones(len(pairs), dtype=bool)
        crowded = np.zeros(self.texts.count, dtype=bool)
        crowded[crowd] = True
        doubtful = np.flatnonzero(crowded[left] & crowded[right])
        step = 20_000
        for start in range(0, len(doubtful), step):
            here = doubtful[start : start + step]
            # A text of a crowd is in many pairs: its bands are read once.
            numbers, local = np.unique(np.r_[left[here], right[here]], return_inverse=True)
            keys = bucket_keys(self.texts.signatures(numbers), self.recipe.bands)
            small = ~np.isin(keys, self.crowds)
            one, other = local[: len(here)], local[len(here) :]
            by_band = ((keys[one] == keys[other]) & small[one]).any(axis=1)
            meet[here] = by_band
            rest = here[~by_band]
            meet[rest] = self._share_small_passage(left[rest], right[rest])
        return meet

    def _share_small_passage(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
        sides = [self.texts.passages(side) for side in (left, right)]
        at, buckets = (np.concatenate([side[column] for side in sides]) for column in range(2))
        small = ~np.isin(buckets, self.crowds)
        at, buckets = at[small], buckets[small]
        order = np.lexsort((buckets, at))
        at, buckets = at[order], buckets[order]
        shared = np.zeros(len(left), dtype=bool)
        # The buckets of one text are all different: two of a kind beside each other are one of each.
        shared[at[1:][(at[1:] == at[:-1]) & (buckets[1:] == buckets[:-1])]] = True
        return shared


def _paired(
    keys: NDArray[np.uint64], following: NDArray[np.uint64], numbers: NDArray[np.int64], places: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """What ``candidates.grouped_pairs`` makes of texts that are known by their places in an order."""
    left, right = grouped_pairs(keys, following, places)
    number_of = np.zeros(int(places.max(initial=-1)) + 1, dtype=np.int64)
    number_of[places] = numbers
    return pack(number_of[left], number_of[right])


def grow(
    before: Level | None,
    keep: NDArray[np.uint64],
    batches: Iterable[Batch],
    count: int,
    *,
    folder: Path,
    segment: Path,
    recipe: Recipe,
    name: LevelName,
    run: Map,
) -> Level:
    """The next level: without the articles that are not kept, with new ones.

    :param keep: keys of the articles of ``before`` that stay as they are, sorted
    :param batches: the places of all other articles; which come first changes only the numbers of texts
    :param count: places in ``batches``, at most
    :param folder: a new folder for the level's columns
    :param segment: a new folder for the new texts
    :param run: works off the tasks
    """
    folder.mkdir(parents=True)
    old = before.texts if before else Texts(())
    shelf = Shelf(folder)
    writer = SegmentWriter(segment, old.count, count, recipe, keep_text=name == "paragraph")
    numbering = _Numbering(before, writer, recipe)
    kept = _kept_places(before, keep)
    columns = [shelf.column(kind) for kind in (np.uint64, np.uint32, np.uint32)]
    for batch in batches:
        for column, values in zip(columns, (batch.articles, batch.orders, numbering.add(batch)), strict=True):
            column.add(values)
    articles, orders, numbers = (column.done() for column in columns)
    new = writer.done()
    texts = Texts((*old.segments, new) if new.count else old.segments)
    alive = _save_places(kept, (articles, orders, numbers), texts.count, folder)
    work = folder / "work"
    work.mkdir()
    if new.count:
        run(settle, [Settling(new, part, old.segments, folder / "alive.u8", work) for part in range(writer.parts)])
    else:
        shutil.rmtree(segment)
    level = Level(name, folder, texts, recipe)
    _settle_crowds(before, level, alive, work)
    _compare_new(before, level, work, run)
    shutil.rmtree(work)
    return level


class _Numbering:
    """Gives texts their numbers: that of an equal text of the index, or a new one."""

    def __init__(self, before: Level | None, writer: SegmentWriter, recipe: Recipe) -> None:
        self._before = before
        self._writer = writer
        self._recipe = recipe
        # Fingerprints of new texts in sorted runs, each at least twice as long as the next: 20 bytes a text.
        self._runs: list[tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int64]]] = []

    def add(self, batch: Batch) -> NDArray[np.uint32]:
        shingled = shingle_texts(batch.texts, self._recipe.shingle_words)
        first = np.array(shingled.first, dtype=np.int64)
        texts = [batch.texts[place] for place in first.tolist()]
        prints = shingled.prints
        numbers = self._known(prints)
        rows = np.flatnonzero(numbers < 0)
        numbers[rows] = self._writer.next + np.arange(len(rows))
        signatures = self._signatures(batch, shingled, first, rows)
        self._writer.add(prints[rows], shingled, rows, signatures, [texts[row] for row in rows.tolist()])
        self._remember(prints[rows], numbers[rows])
        # Number -1 (no word at all) picks the last.
        of_text = np.append(numbers, NONE).astype(np.uint32)
        return of_text[shingled.number]

    def _signatures(
        self, batch: Batch, shingled: Any, first: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> NDArray[np.uint32]:
        permutations = self._recipe.permutations
        stored = [batch.signatures[place] if batch.signatures else None for place in first[rows].tolist()]
        signatures = np.empty((len(rows), permutations), dtype=np.uint32)
        for at, each in enumerate(stored):
            if each is not None:
                signatures[at] = from_bytes(each, permutations)
        missing = np.array([at for at, each in enumerate(stored) if each is None], dtype=np.int64)
        signatures[missing] = sign(shingled, permutations, self._recipe.seed, rows[missing])
        return signatures

    def _known(self, prints: NDArray[np.uint64]) -> NDArray[np.int64]:
        numbers = np.full(len(prints), -1, dtype=np.int64)
        halves = np.ascontiguousarray(prints[:, 0])
        for keys, others, owners in self._runs:
            at = np.minimum(np.searchsorted(keys, halves), len(keys) - 1)
            same = (keys[at] == halves) & (others[at] == prints[:, 1])
            numbers[same] = owners[at[same]]
        if self._before is not None:
            known = self._before.texts.copies(prints, self._before.alive)
            numbers = np.where(known >= 0, known, numbers)
        return numbers

    def _remember(self, prints: NDArray[np.uint64], numbers: NDArray[np.int64]) -> None:
        if not len(numbers):
            return
        self._runs.append((prints[:, 0], prints[:, 1], numbers))
        merge = 1
        while merge < len(self._runs) and len(self._runs[-merge - 1][2]) < 2 * sum(
            len(run[2]) for run in self._runs[-merge:]
        ):
            merge += 1
        tail = self._runs[-merge:]
        keys, others, owners = (np.concatenate([run[column] for run in tail]) for column in range(3))
        order = np.argsort(keys, kind="stable")
        self._runs[-merge:] = [(keys[order], others[order], owners[order])]


def _kept_places(before: Level | None, keep: NDArray[np.uint64]) -> Places:
    if before is None or not len(keep):
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint32)
    articles, orders, texts = before.places
    changes = np.r_[True, articles[1:] != articles[:-1]] if len(articles) else np.zeros(0, dtype=bool)
    gone = np.setdiff1d(articles[changes], keep, assume_unique=True)
    if not len(gone):
        return articles, orders, texts
    # Looked for among the few that go, not among the many that stay.
    stays = gone[np.minimum(np.searchsorted(gone, articles), len(gone) - 1)] != articles
    return articles[stays], orders[stays], texts[stays]


def _save_places(kept: Places, new: Places, count: int, folder: Path) -> NDArray[np.uint8]:
    """Write where texts stand: what is kept is sorted, and no new article is among it."""
    order = np.lexsort((new[1], new[0]))
    at = np.searchsorted(kept[0], new[0][order]) if len(kept[0]) else None
    names = ("articles.u64", "orders.u32", "texts.u32")
    columns: list[tuple[NDArray[Any], NDArray[Any], str]] = list(zip(kept, new, names, strict=True))
    for old, values, name in columns:
        save(folder / name, values[order] if at is None else np.insert(old, at, values[order]))
    texts = load(folder / "texts.u32")
    alive = np.zeros(count, dtype=np.uint8)
    alive[texts[texts != NONE]] = 1
    save(folder / "alive.u8", alive)
    return alive


def _settle_crowds(before: Level | None, level: Level, alive: NDArray[np.uint8], work: Path) -> None:
    """Note which buckets are crowds now; the pairs of those that are none any more become candidates."""
    keys = [load(path) for path in sorted(work.glob("crowds-*.u64"))]
    crowds = np.unique(np.concatenate([before.crowds if before else np.zeros(0, dtype=np.uint64), *keys]))
    bucket, number = members(crowds, level.texts.segments, alive)
    large = np.bincount(bucket, minlength=len(crowds)) > MAX_BUCKET
    save(level.folder / "crowds.u64", crowds[large])
    small = ~large[bucket]
    save(work / "pairs-dissolved.u64", pack(*each_with_each(bucket[small], number[small])))


@dataclass(frozen=True, slots=True)
class _Comparing:
    """The task of comparing the new candidates whose left text is in a range of numbers."""

    texts: Texts
    candidates: tuple[Path, ...]
    before: Path | None
    """Folder of the level before."""
    alive: Path
    low: int
    high: int
    recipe: Recipe
    out: Path


def _compare(task: _Comparing) -> None:
    alive = load(task.alive)
    known = joined([])
    if task.before is not None:
        old = load_compared(task.before, "pairs")
        bounds = np.array([task.low << 32, task.high << 32], dtype=np.uint64)
        known = old.take(slice(*np.searchsorted(old.pairs, bounds).tolist()))
        left, right = unpack(known.pairs)
        known = known.take((alive[left] > 0) & (alive[right] > 0))
    pairs = merged([load(path) for path in task.candidates], task.low, task.high)
    _, missing = known.of(pairs)
    found = task.texts.compare(missing)
    recipe = task.recipe
    found = found.take((found.jaccard >= recipe.kept_from) | (found.containment >= recipe.contained_from))
    save_compared(joined([known, found]), task.out, f"part-{task.low:010}")


def _compare_new(before: Level | None, level: Level, work: Path, run: Map) -> None:
    """Compare the new candidates, and put what is kept beside the pairs of the level before."""
    paths = tuple(sorted(work.glob("pairs-*.u64")))
    columns = [load(path) for path in paths]
    if before:
        columns.append(before.pairs.pairs)
    bounds = _ranges(columns, level.texts.count)
    tasks = [
        _Comparing(
            level.texts,
            paths,
            before.folder if before else None,
            level.folder / "alive.u8",
            low,
            high,
            level.recipe,
            work,
        )
        for low, high in pairwise(bounds)
    ]
    run(_compare, tasks)
    save_compared(joined([]), level.folder, "pairs")
    for task in tasks:
        for name in COMPARED:
            append(level.folder / f"pairs-{name}", load(work / f"part-{task.low:010}-{name}"))


def _ranges(columns: Sequence[NDArray[np.uint64]], count: int) -> list[int]:
    """Bounds of ranges of left texts that hold ``RANGE`` pairs, about (more if one text has more)."""
    sample = np.sort(np.concatenate([np.zeros(0, dtype=np.uint64), *(column[::_SAMPLED] for column in columns)]))
    each = max(RANGE // _SAMPLED, 1)
    inner = (sample[each::each] >> np.uint64(32)).astype(np.int64)
    return [0, *np.unique(inner[inner > 0]).tolist(), count] if count else [0]


COMPARED = ("pairs.u64", "jaccard.f64", "containment.f64", "estimated.f64")


def load_compared(folder: Path, name: str) -> Compared:
    """Pairs from their columns."""
    return Compared(*(load(folder / f"{name}-{column}") for column in COMPARED))


def save_compared(compared: Compared, folder: Path, name: str) -> None:
    """Pairs as columns."""
    for column in COMPARED:
        save(folder / f"{name}-{column}", getattr(compared, column.partition(".")[0]))
