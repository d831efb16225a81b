"""Near-duplicates across articles: shingle, sign, find candidates, verify, relate, cluster, choose.

``shingles`` > ``signature`` > ``candidates`` > ``verify`` > ``relate`` > ``cluster`` > ``canonical``;
``find.find_duplicates`` strings them together; ``texts.cluster_texts`` does the same for bare texts. ``compiled`` and
``kernels`` have the loops of the first four steps in compiled code, with the same results.
"""

from pipeline.dedup.find import check_settings, find_duplicates
from pipeline.dedup.records import ArticleItem, Assignment, Deduplication, Pair, ParagraphItem, Repeat
from pipeline.dedup.shingles import SHINGLE_VERSION, shingle_hash
from pipeline.dedup.signature import SCHEME, sign_texts, signature_bytes
from pipeline.dedup.texts import Clustered, cluster_texts

__all__ = [
    "SCHEME",
    "SHINGLE_VERSION",
    "ArticleItem",
    "Assignment",
    "Clustered",
    "Deduplication",
    "Pair",
    "ParagraphItem",
    "Repeat",
    "check_settings",
    "cluster_texts",
    "find_duplicates",
    "shingle_hash",
    "sign_texts",
    "signature_bytes",
]
