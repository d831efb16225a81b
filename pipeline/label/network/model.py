"""The network: line vectors from tables, one bidirectional quasi-recurrent layer, and the outputs of a line.

A line's vector is its dense numbers and two bags of hashed features (Weinberger et al., "Feature hashing", 2009, with
a vocabulary, so that there are no collisions). The layer is a QRNN (Bradbury et al., "Quasi-recurrent neural
networks", 2017): gates are computed from a line and its two neighbours, so that what runs from line to line,
``state = forget * state + new``, is elementwise. Half of the units read the page downwards, half upwards. A hidden
layer stands before the outputs. Gates and hidden layer also see the mean of the page's lines, of what comes in and of
the states: the kind of page it is.

There are a few such networks, alike but for the seed they were trained from, and what they say is averaged (Hansen and
Salamon, "Neural network ensembles", 1990). They share vocabulary and standardisation, so that lines are measured and
hashes looked up once: the members' vectors of a hash stand side by side.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from pipeline.label.network.features import Floats, Measured, Singles
from pipeline.label.network.loops import ARRAYS, SLOT_BITS, Loops, slot
from pipeline.records import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.label.network.codepoints import Bools, Hashes, Ints, Numbers

KINDS: Final = (
    *(Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM, Kind.QUOTE),
    *(Kind.TITLE, Kind.DEK, Kind.BYLINE, Kind.DATE, Kind.CAPTION),
    *(Kind.NAVIGATION, Kind.NEWSLETTER, Kind.SHARE, Kind.RELATED, Kind.COMMENTS),
    *(Kind.AUTHOR_BIO, Kind.APPEAL, Kind.LEGAL, Kind.EMBED, Kind.PROMO),
    Kind.DUPLICATE,
)
"""Kinds in the order of the weights' columns."""
_CHUNK_PAGES: Final = 8
"""Pages measured together: as many as stay in the processor's cache."""
_CHUNK_SIZE: Final = 500_000
"""... and at most so many characters, which take 60 MB. A longer page is read in slices: it is a list or an attack."""
_LINE_SIZE: Final = 100_000
"""Only so many characters of a line are read: the longest line of 1,452 pages has 33,000."""
_PAGE_LINES: Final = 50_000
_FAR: Final = 6.0
"""Dense numbers are cut so many standard deviations from their mean."""
_LEAST_LIMIT, _GREATEST_LIMIT = 0.1, 0.6
"""Bounds of the probability from which a line is kept: a page that the network makes nothing of keeps no chrome, and
a page that it is sure of loses no likely line. Chosen on two of five folds."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of the lines of one page; ``n`` lines."""

    body: Singles
    """Probability that the line is body text; (n,)."""
    kinds: Singles
    """Probabilities of ``KINDS``; (n, 20)."""
    width: Singles
    """Words of the line, as the decision counts them; (n,)."""
    repeat: Bools
    """Whether the same words stood in an earlier line; (n,)."""
    words: Hashes
    """Hashes of words and of their beginnings and ends, line by line,"""
    word_lines: Ints
    """... and the line of each."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """``out = inputs @ weights + bias``."""

    weights: Singles
    bias: Singles


class _Member:
    """The layers of one network."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.float16]], number: int) -> None:
        self._inputs, self._gates, self._hidden, self._outputs = (
            _Layer(_single(arrays[f"w{name}"][number]), _single(arrays[f"b{name}"][number])) for name in "icho"
        )
        self._page_gates, self._page_hidden = _single(arrays["pc"][number]), _single(arrays["ph"][number])
        self._units = self._gates.weights.shape[1] // 4
        """Units of each direction."""
        # of what is forgotten the exponential of the negative is wanted: it is summed as such, to the same bits
        for array in (self._gates.weights, self._gates.bias[None], self._page_gates):
            np.negative(array[:, : 2 * self._units], out=array[:, : 2 * self._units])
        self._window = self._gates.weights.shape[0] // self._inputs.weights.shape[1]
        """Lines that the gates look at."""

    def outputs(self, vectors: Singles, bounds: Ints, loops: Loops) -> Singles:
        """Log-odds of body, and of each kind an unnormalised logarithm, of lines of some pages; (n, 1 + 20 + 2)."""
        out = np.empty((len(vectors), self._outputs.weights.shape[1]), dtype=np.float32)
        for group in itertools.pairwise(bounds.tolist()) if loops.by_page else [bounds.tolist()]:
            rows = slice(group[0], group[-1])
            self._fill(vectors[rows], np.array(group) - group[0], loops, out[rows])
        out += self._outputs.bias
        return out

    def _fill(self, vectors: Singles, bounds: Ints, loops: Loops, out: Singles) -> None:
        """The outputs but for their bias, of pages whose states are run together."""
        both = 2 * self._units
        gates = np.empty((len(vectors), 2 * both), dtype=np.float32)
        # a line's states, and beside them what comes in: the hidden layer reads both
        lines = np.empty((len(vectors), both + self._inputs.weights.shape[1]), dtype=np.float32)
        # page by page: the shape of a product, and with it the order of its sums, must not depend on other pages
        for part in _parts(bounds):
            self._open_gates(vectors[part], lines[part, both:], gates[part])
        loops.run(gates, bounds, lines[:, :both])
        for part in _parts(bounds):
            hidden = lines[part] @ self._hidden.weights
            hidden += self._hidden.bias + _mean(lines[part, :both]) @ self._page_hidden
            np.matmul(np.maximum(hidden, 0, out=hidden), self._outputs.weights, out=out[part])

    def _open_gates(self, vectors: Singles, inner: Singles, gates: Singles) -> None:
        """Fill the last two for one page: each line by itself, (n, inner); and the gates that ``Loops.run`` reads, from
        the line and its neighbours, (n, 4 * units).
        """
        number, size, margin = *inner.shape, self._window // 2
        padded = np.zeros((number + 2 * margin, size), dtype=np.float32)
        own = padded[margin : margin + number]
        np.matmul(vectors, self._inputs.weights, out=own)
        own += self._inputs.bias
        np.maximum(own, 0, out=own)
        inner[:] = own
        gates[:] = self._gates.bias + _mean(own) @ self._page_gates
        product = np.empty_like(gates)
        for step in range(self._window):
            weights = self._gates.weights[step * size : (step + 1) * size]
            gates += np.matmul(padded[step : step + number], weights, out=product)
        np.clip(gates, -30, 30, out=gates)
        forget, new = gates[:, : 2 * self._units], gates[:, 2 * self._units :]
        np.exp(forget, out=forget)
        np.tanh(new, out=new)


class Network:
    """The fitted numbers of all members, and how they are applied."""

    def __init__(self, weights: bytes) -> None:
        """Read the bytes of an ``.npz`` file: vectors of the vocabulary in eight bits, all else in 16 or 32.

        :raises ValueError: if it is no such file, or holds anything but numbers.
        """
        self.digest = hashlib.sha256(weights).hexdigest()[:8]
        with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
            self._vocabulary: Hashes = np.concatenate([np.zeros(1, dtype=np.uint64), arrays["vocab"]])
            self._vectors: Singles = arrays["emb"].astype(np.float32)
            self._vector_scale: Singles = arrays["emb_scale"]
            self._mean: Singles = arrays["mu"]
            self._scale: Singles = (1 / arrays["sd"]).astype(np.float32)
            own = {name: arrays[name] for name in arrays.files}  # each read from the archive once
            self._members = tuple(_Member(own, number) for number in range(len(own["wi"])))
        self._slots: Numbers = np.zeros(1 << SLOT_BITS, dtype=np.int32)
        self._slots[slot(self._vocabulary[1:])] = np.arange(1, len(self._vocabulary), dtype=np.int32)

    def score(
        self, pages: Sequence[Sequence[str]], blanks: Sequence[Sequence[bool]], loops: Loops = ARRAYS
    ) -> list[Scores]:
        """Scores of the lines of each page; a page's scores do not depend on the pages beside it, to the bit.

        :param pages: the lines of each page.
        :param blanks: for each line, whether a blank line stands before it.
        :param loops: how the lines are measured and summed; the scores do not depend on it.
        """
        numbers: list[int] = []
        texts: list[Sequence[str]] = []
        before: list[Sequence[bool]] = []
        for number, (lines, blank) in enumerate(zip(pages, blanks, strict=True)):
            whole = len(lines) <= _PAGE_LINES and sum(map(len, lines)) <= _LINE_SIZE
            for part in [slice(len(lines))] if whole else _slices([min(len(line), _LINE_SIZE) for line in lines]):
                numbers.append(number)
                texts.append(lines if whole else [line[:_LINE_SIZE] for line in lines[part]])
                before.append(blank[part])
        scores = self._score_slices(texts, before, loops)
        parts: list[list[Scores]] = [[] for _ in pages]
        for number, scored in zip(numbers, scores, strict=True):
            parts[number].append(scored)
        return [own[0] if len(own) == 1 else _joined(own) for own in parts]

    def _score_slices(self, pages: list[Sequence[str]], blanks: list[Sequence[bool]], loops: Loops) -> Iterator[Scores]:
        for chunk in _chunks([sum(map(len, page)) for page in pages]):
            yield from self._score_measured(loops.measure(pages[chunk], blanks[chunk]), loops)

    def _score_measured(self, measured: Measured, loops: Loops) -> Iterator[Scores]:
        """Scores of pages that were measured together."""
        body, kinds = self._joint(measured, loops)
        order = np.argsort(measured.word_lines, kind="stable")
        word_lines = measured.word_lines[order]
        words = measured.words[order]
        word_bounds = np.searchsorted(word_lines, measured.bounds)
        for part, own in zip(_parts(measured.bounds), _parts(word_bounds), strict=True):
            yield Scores(
                body=body[part],
                kinds=kinds[part],
                width=measured.width[part],
                repeat=measured.repeat[part],
                words=words[own],
                word_lines=word_lines[own] - part.start,
            )

    def _joint(self, measured: Measured, loops: Loops) -> tuple[Singles, Singles]:
        """The mean of what the members say: P(body) of each line, (n,), and P(kind) of its kinds, (n, 20)."""
        number = len(measured.dense)
        words = self._bag(measured.words, measured.word_lines, number, loops)
        phrases = self._bag(measured.phrases, measured.phrase_lines, number, loops)
        at, size = measured.dense.shape[1], words.shape[1] // len(self._members)
        vectors = np.empty((number, at + 2 * size), dtype=np.float32)
        dense = measured.dense.T - self._mean[:, None]
        dense *= self._scale[:, None]
        vectors[:, :at] = np.clip(dense, -_FAR, _FAR, out=dense).T
        body, kinds = np.zeros(number, dtype=np.float32), np.zeros((number, len(KINDS)), dtype=np.float32)
        for index, member in enumerate(self._members):
            own = slice(index * size, (index + 1) * size)
            vectors[:, at : at + size], vectors[:, at + size :] = words[:, own], phrases[:, own]
            out = member.outputs(vectors, measured.bounds, loops)
            body += 1 / (1 + np.exp(-out[:, 0]))
            likely = out[:, 1 : 1 + len(KINDS)]
            likely = np.exp(likely - likely.max(1, keepdims=True, initial=-99))
            kinds += likely / likely.sum(1, keepdims=True)
        return body / np.float32(len(self._members)), kinds / np.float32(len(self._members))

    def _bag(self, hashes: Hashes, line: Ints, number: int, loops: Loops) -> Singles:
        """Sum of the vectors of each line's known hashes, over the root of how many there are; (n, 24 a member)."""
        total, known = loops.add_vectors(hashes, line, number, self._slots, self._vocabulary, self._vectors)
        scale = self._vector_scale / np.sqrt(np.maximum(known, 1))[:, None]
        return np.asarray(total * scale.astype(np.float32))


@cache
def load_network() -> Network:
    """The committed weights (``weights.npz`` beside this module)."""
    return Network(network_weights())


def network_weights() -> bytes:
    """The bytes of the committed weights."""
    return resources.files("pipeline.label.network").joinpath("weights.npz").read_bytes()


def worth_keeping(body: Singles | Floats, width: Singles) -> Bools:
    """The lines to keep so that the expected word F1 of the page is greatest; (n,).

    These are the lines whose probability is at least half of that F1 (Lipton, Elkan and Naryanaswamy, "Optimal
    thresholding of classifiers to maximize F1 measure", 2014), here with lines weighted by their words.

    :param body: probability that each line is body text; (n,).
    :param width: words of each line; (n,).
    """
    return np.asarray(body >= np.clip(promised(body, width) / 2, _LEAST_LIMIT, _GREATEST_LIMIT))


def promised(body: Singles | Floats, width: Singles) -> float:
    """The greatest word F1 to be expected of any choice of lines, if the probabilities are right; 1 without lines.

    Parameters as those of ``worth_keeping``.
    """
    if not len(body):
        return 1.0
    weight = width + 0.5
    order = np.argsort(-body, kind="stable")
    hits = np.cumsum(body[order] * weight[order])
    return float((2 * hits / (np.cumsum(weight[order]) + hits[-1])).max())


def _mean(lines: Singles) -> Singles:
    """Mean over the lines of a page, zeros if it has none."""
    return np.asarray(lines.sum(0) / np.float32(max(len(lines), 1)))


def _single(array: npt.NDArray[np.float16]) -> Singles:
    """Row by row in memory: the order in which a product is summed depends on it."""
    return np.ascontiguousarray(array, dtype=np.float32)


def _parts(bounds: Ints) -> Iterator[slice]:
    """The lines of each page, pages without lines too."""
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        yield slice(low, high)


def _slices(sizes: Sequence[int]) -> Iterator[slice]:
    """A page's lines whole if they are few enough, else in slices; a page without lines is one empty slice."""
    low = size = 0
    for index, own in enumerate(sizes):
        if index > low and (size + own > _CHUNK_SIZE or index - low >= _PAGE_LINES):
            yield slice(low, index)
            low, size = index, 0
        size += own
    yield slice(low, len(sizes))


def _chunks(sizes: Sequence[int]) -> Iterator[slice]:
    """Pages to measure together."""
    low = size = 0
    for index, own in enumerate(sizes):
        if index > low and (index - low == _CHUNK_PAGES or size + own > _CHUNK_SIZE):
            yield slice(low, index)
            low, size = index, 0
        size += own
    if low < len(sizes):
        yield slice(low, len(sizes))


def _joined(parts: Sequence[Scores]) -> Scores:
    """The scores of the slices of one page."""
    starts = np.cumsum([0, *(len(part.body) for part in parts[:-1])]).tolist()
    return Scores(
        body=np.concatenate([part.body for part in parts]),
        kinds=np.concatenate([part.kinds for part in parts]),
        width=np.concatenate([part.width for part in parts]),
        repeat=np.concatenate([part.repeat for part in parts]),
        words=np.concatenate([part.words for part in parts]),
        word_lines=np.concatenate([part.word_lines + start for part, start in zip(parts, starts, strict=True)]),
    )
