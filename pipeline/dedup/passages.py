"""Candidates by a passage in common: a paragraph quoted inside a longer one, which signatures of whole texts miss.

Two texts of which one holds the other have a Jaccard similarity of at most the ratio of their sizes, and LSH does not
propose them. They do share runs of words. So an inverted index of *passages* (runs of ``PASSAGE_WORDS`` words) is
kept, thinned by a rule that both texts apply alike without knowing of each other: a passage counts if its key is
below a fixed share of all keys (sampling by hash: U. Manber, Finding similar files in a large file system, 1994;
as "FracMinHash": L. Irber and others, 2022). The choice depends on the text alone and never on what else is in the
corpus. Runs of five words are rare by themselves; the few that a crowd shares are not paired each with each.

With a share of ``1 / SAMPLE`` a quotation of ``n`` words is proposed with probability ``1 - (1 - 1/SAMPLE)**(n - 4)``:
.90 at 12 words, .997 at 25. Every second word changed leaves none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.dedup.candidates import grouped_pairs, pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.dedup.shingles import Shingled

PASSAGE_WORDS = 5
"""Words in a passage. Four are still common phrases ("at the end of"); six break at every second edited word."""

SAMPLE = 4
"""One passage in so many is indexed: the cost of the index falls with it, and so does the recall of short quotations
(see the module's description; measured by ``benchmarks.dedup_containment``)."""

_BELOW = np.uint64((1 << 64) // SAMPLE)


def sampled(passages: Shingled, texts: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The index entries of some texts: passage keys, and for each the text it stands in.

    :param passages: the texts shingled at ``PASSAGE_WORDS``
    :param texts: numbers of the texts, ascending
    """
    owner = np.repeat(np.arange(len(passages)), passages.sizes)
    wanted = np.zeros(len(passages), dtype=bool)
    wanted[texts] = True
    counts = (passages.keys < _BELOW) & wanted[owner]
    return passages.keys[counts], owner[counts]


def passage_pairs(passages: Shingled, texts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Packed pairs of texts that have an indexed passage in common.

    A passage in more texts than ``candidates.MAX_BUCKET`` ties each of them to the shortest only: where thousands
    quote one sentence, that is the text which the others hold.

    :param passages: the texts shingled at ``PASSAGE_WORDS``
    :param texts: numbers of the texts that take part, ascending
    """
    keys, owner = sampled(passages, texts)
    # Ranked by length, so that the first of a crowd is its shortest text.
    by_length = np.lexsort((np.arange(len(passages)), passages.words))
    rank = np.empty(len(passages), dtype=np.int64)
    rank[by_length] = np.arange(len(passages))
    one, other = grouped_pairs(keys, np.arange(len(keys), dtype=np.uint64), rank[owner])
    pairs = pack(one, other)
    left, right = unpack(pairs)
    return pack(by_length[left], by_length[right])
