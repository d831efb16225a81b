"""Compiled loops of near-duplicate detection give the same bytes as plain Python and datasketch."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import candidates, cluster_texts, compiled, find_duplicates, kernels, sign_texts, tools
from pipeline.dedup.candidates import MAX_BUCKET, band_keys, band_pairs, grouped_pairs, keyed_pairs, pack
from pipeline.dedup.records import ArticleItem, ParagraphItem
from pipeline.dedup.shingles import Shingled, plain_shingle_texts, shingle_key, shingle_texts, shingles, words
from pipeline.dedup.signature import plain_sign
from pipeline.dedup.verify import similarities
from pipeline.settings import CanonicalSettings, DedupSettings
from tests.growth import LINEAR, growth
from tests.strategies.dedup import any_text, corpora, edited, sentences

SAMPLES = [
    "The harbour office said on Friday that the “Aurora” won't sail before noon — not even for £5.",
    "Die Straße zur Kläranlage bleibt bis 17. März gesperrt, teilte die Gemeinde Großröhrsdorf mit.",
    "L’été dernier, l’œuvre de Mme Lefèvre a été exposée à l’Hôtel-Dieu.",
    "Η Αθήνα γιόρτασε χθες· ο δήμαρχος ευχαρίστησε τους πολίτες.",
    "Мэр города Ёлкино подписал указ № 17 о ремонте дорог.",
    "İstanbul'da yağış bekleniyor, IĞDIR'da hava açık.",
    "Ủy ban nhân dân thành phố Đà Nẵng thông báo lịch nghỉ lễ.",
    unicodedata.normalize("NFD", "Ủy ban nhân dân thành phố Đà Nẵng thông báo lịch nghỉ lễ."),
    "नई दिल्ली में आज बारिश हुई, ज़िला अधिकारियों ने कहा।",
    "ঢাকায় আজ বৃষ্টি হয়েছে, কোনো ক্ষতি হয়নি।",
    "சென்னையில் இன்று மழை பெய்தது, பொதுமக்கள் கொண்டாடினர்.",
    "തിരുവനന്തപുരത്ത് ഇന്ന് കനത്ത മഴ പെയ്തു.",
    "กรุงเทพมหานครประกาศปิดถนน ๓ สายในวันอาทิตย์นี้",
    "ນະຄອນຫຼວງວຽງຈັນ ປິດຖະໜົນ",
    "မန္တလေးမြို့တွင် မိုးရွာသည်။",
    "ភ្នំពេញ មានភ្លៀងធ្លាក់។",
    "أعلنت البلديّة في القاهِرة عن إغلاق الطريق ٣ أيام.",
    "עיריית תל־אביב הודיעה על סגירת הרחוב",
    "東京都は１２日、ｶﾞｲﾄﾞﾗｲﾝを公表した。㈱山田の「Ａプラン」は㌔単位。",
    "北京市气象台发布暴雨预警，最高气温２５℃。",
    "서울시는 오늘 오전 9시에 도로를 통제한다.",
    unicodedata.normalize("NFD", "서울시는 오늘 오전 9시에 도로를 통제한다."),
    "ﷺ ﬁne ½ ²³ ™ ŉ ǰ ẞ ͅα ſ\u0323\u0307",
    "👩\u200d👩\u200d👧 ❤\ufe0f 🇫🇷 e\u0301\u0323 \u0344 co\u00adop \ufeff",
    "",
    "…",
    "a \ud800 b c\udfff",
    "\x00\x1f a\u2028b\u0085c",
]
marked = st.text(
    alphabet=st.one_of(
        st.sampled_from("aeouiAEıİßſŉkKÅĕǰΐᾳ가각각नकाতোেொ์ำะし゛ﾞｶآ’'` .½¨ﷺ㌖字語\u0344\u0f71\u0f72\u0f73\u200d\u00ad"),
        st.characters(categories=["Mn", "Mc", "Me"]),
    ),
    max_size=16,
)
"""Characters that compose, change places or grow: what a table by code point could get wrong."""
texts_of_all_kinds = st.lists(st.one_of(any_text, marked, st.text(max_size=30), st.sampled_from(SAMPLES)), max_size=10)


@pytest.fixture
def compiled_always(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every job goes to the compiled loops."""
    monkeypatch.setattr(tools, "is_worth_compiled", lambda _: True)
    yield


def assert_same(one: Shingled, other: Shingled) -> None:
    """The same numbers of the same types."""
    for name in ("number", "words", "keys", "offsets"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist(), name


@settings(deadline=None)
@given(texts_of_all_kinds, st.integers(1, 4))
def test_compiled_shingles_are_those_of_python(texts: list[str], width: int) -> None:
    """Whatever Unicode a text holds: the same copies, word counts and keys."""
    assert_same(compiled.shingle_texts(texts, width), plain_shingle_texts(texts, width))


@pytest.mark.parametrize("text", SAMPLES)
def test_texts_of_many_languages_are_read_as_python_reads_them(text: str) -> None:
    """Each sample alone, in capitals, decomposed and in compatibility forms: keys of the published recipe."""
    forms = [text, text.upper(), *(unicodedata.normalize(form, text) for form in ("NFD", "NFKD", "NFC"))]
    shingled = compiled.shingle_texts(forms, 2)
    for form, number in zip(forms, shingled.number.tolist(), strict=True):
        expected = sorted({shingle_key(each.encode()) for each in shingles(form, 2)})
        assert (shingled.set_of(number).tolist() if number >= 0 else []) == expected
        assert (int(shingled.words[number]) if number >= 0 else 0) == len(words(form))


@pytest.mark.slow
def test_every_character_is_read_as_python_reads_it() -> None:
    """All code points, each between two letters and before a mark."""
    texts = [f"a{chr(code)}b {chr(code)}\u0323\u0301" for code in range(0x110000)]
    assert_same(compiled.shingle_texts(texts, 1), plain_shingle_texts(texts, 1))


@settings(deadline=None)
@given(texts_of_all_kinds, st.sampled_from((16, 64, 128)), st.integers(0, 2**32 - 1))
def test_compiled_signatures_are_those_of_datasketch(texts: list[str], permutations: int, seed: int) -> None:
    """For any text, number of permutations and seed; rows in the order asked for."""
    shingled = plain_shingle_texts(texts, 2)
    rows = np.arange(len(shingled))[::-1].copy()
    mine = compiled.sign(shingled, permutations, seed, rows)
    theirs = plain_sign(shingled, permutations, seed, rows)
    assert mine.dtype == theirs.dtype
    assert mine.tolist() == theirs.tolist()


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_arrow_arrays_are_read_in_place(kind: pa.DataType, compiled_always: None) -> None:
    """Whole, sliced, in chunks, with missing texts: as the same list of strings."""
    texts = [text for text in SAMPLES if "\ud800" not in text]  # which Arrow cannot hold
    array = pa.array(texts, kind)
    assert_same(shingle_texts(array, 2), plain_shingle_texts(texts, 2))
    assert_same(shingle_texts(array.slice(3, 7), 2), plain_shingle_texts(texts[3:10], 2))
    chunks = pa.chunked_array([array.slice(0, 4), array.slice(4, 0), array.slice(4)])
    assert_same(shingle_texts(chunks, 2), plain_shingle_texts(texts, 2))
    missing = pa.array(["one two", None, "three four", None], kind)
    assert shingle_texts(missing, 2).number.tolist() == [0, -1, 1, -1]
    assert_same(shingle_texts(pa.array([], kind), 2), plain_shingle_texts([], 2))


def test_small_jobs_take_arrow_arrays_too() -> None:
    """Without compiled code, and signed: the same as strings."""
    dedup = DedupSettings(permutations=16, bands=4)
    array = pa.array([*SAMPLES[:5], None])
    assert sign_texts(array, dedup).tolist() == sign_texts([*SAMPLES[:5], ""], dedup).tolist()


def test_bytes_that_are_not_utf8_are_read_without_harm(compiled_always: None) -> None:
    """An Arrow array can hold anything: cut sequences and stray bytes are spaces or letters, never a fault."""
    for broken in (b"abc \xe6\x9d", b"\xf0\x9f", b"\xff\xfe words", b"\x80\x80 a", b"\xf7\xbf\xbf\xbf a b"):
        offsets = pa.py_buffer(np.array([0, len(broken)], dtype=np.int32))
        array = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(broken)])
        shingled = shingle_texts(array, 1)
        assert len(shingled) <= 1
        assert shingled.sizes.sum() <= len(broken)


def test_a_batch_ends_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies are found across batches, whatever their size."""
    texts = [f"{text} {number % 11}" for number in range(40) for text in SAMPLES if "\ud800" not in text]
    expected = plain_shingle_texts(texts, 2)
    for size in (1, 50, 3_000):
        monkeypatch.setattr(compiled, "_BATCH_BYTES", size)
        assert_same(compiled.shingle_texts(texts, 2), expected)
        assert_same(compiled.shingle_texts(pa.array(texts), 2), expected)


def test_sets_of_any_size_are_sorted() -> None:
    """Few keys, many, more than the digit sort starts from, and thousands that begin with the same bits."""
    random = np.random.default_rng(5)
    for size in (1, 24, 25, 200, 1_024, 1_025, 60_000):
        text = " ".join(f"w{number}" for number in random.integers(0, size, size))
        assert_same(compiled.shingle_texts([text], 2), plain_shingle_texts([text], 2))


def test_keys_that_begin_alike_cost_no_more() -> None:
    """Sorting a large set is linear whatever its keys are: here descending, and all with the same first bits."""

    def cost(size: int) -> None:
        keys = np.arange(size, 0, -1).astype(np.uint64)
        kernels._sort(keys, 0, size, np.empty(size, dtype=np.uint64), np.empty(2_048, dtype=np.int64))
        assert keys[0] == 1
        assert (np.diff(keys.astype(np.int64)) == 1).all()

    cost(10)  # compiled for these types
    assert growth(cost, 50_000) < LINEAR


@settings(deadline=None)
@given(st.data())
def test_compiled_pairs_are_those_of_numpy(data: st.DataObject) -> None:
    """Small groups, crowds, and keys that differ only in bits that the packing drops."""
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    count = data.draw(st.integers(0, 4 * MAX_BUCKET))
    kinds = data.draw(st.integers(1, 3 * MAX_BUCKET))
    keys = random.integers(0, kinds, count, dtype=np.uint64)
    if data.draw(st.booleans()):
        keys *= np.uint64(0x9E3779B97F4A7C15)
    following = random.integers(0, data.draw(st.integers(1, 8)), count, dtype=np.uint64)
    numbers = np.sort(random.choice(10 * count + 1, count, replace=False)).astype(np.int64)
    expected = candidates._plain_pairs(keys, following, numbers)
    pairs, crowd = compiled.run_pairs(keys, numbers, MAX_BUCKET)
    rest = candidates._plain_pairs(keys[crowd], following[crowd], numbers[crowd])
    assert np.array_equal(np.sort(np.concatenate((pairs, rest))), expected)
    assert np.array_equal(pack(*grouped_pairs(keys, following, numbers)), expected)


@pytest.mark.parametrize("bands", [1, 4, 16])
def test_compiled_band_pairs_are_those_of_numpy(
    bands: int, monkeypatch: pytest.MonkeyPatch, compiled_always: None
) -> None:
    """Also when few keys and pairs fit into memory at a time."""
    random = np.random.default_rng(bands)
    signatures = random.integers(0, 3, (500, 32), dtype=np.uint32)
    numbers = np.sort(random.choice(5_000, 500, replace=False)).astype(np.int64)
    mine = band_pairs(signatures, numbers, bands)
    assert np.array_equal(keyed_pairs(band_keys(signatures, bands, 0, bands), numbers), mine)
    monkeypatch.setattr(candidates, "_KEYS_AT_ONCE", 1)
    monkeypatch.setattr(candidates, "_PAIRS_AT_ONCE", 100)
    assert np.array_equal(band_pairs(signatures, numbers, bands), mine)
    monkeypatch.setattr(tools, "is_worth_compiled", lambda _: False)
    assert np.array_equal(band_pairs(signatures, numbers, bands), mine)
    assert len(mine) > 0 or bands == 1


@settings(deadline=None)
@given(st.lists(sentences.flatmap(edited), min_size=2, max_size=12), st.sampled_from((0.0, 0.3, 0.9)))
def test_compiled_similarities_are_those_of_sets(texts: list[str], bound: float) -> None:
    """Every pair, to the bit."""
    shingled = plain_shingle_texts(texts, 2)
    left, right = np.triu_indices(len(shingled), k=1)
    pairs = pack(left, right)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools, "is_worth_compiled", lambda _: True)
        mine = similarities(shingled, pairs, bound)
    expected = []
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = set(shingled.set_of(one).tolist()), set(shingled.set_of(other).tolist())
        if a and b and min(len(a), len(b)) / max(len(a), len(b)) >= bound:
            expected.append((one, other, len(a & b) / len(a | b), len(a & b) / min(len(a), len(b))))
    columns = (*mine.sides, mine.jaccard, mine.containment)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


@settings(deadline=None, max_examples=30)
@given(corpora())
def test_duplicates_of_a_corpus_are_the_same_either_way(
    corpus: tuple[list[ArticleItem], list[ParagraphItem]],
) -> None:
    """Pairs, clusters and repeats do not tell which loops found them."""
    dedup = DedupSettings(exact_below_words=3)
    with pytest.MonkeyPatch.context() as patch:
        for choice in ("is_worth_compiled", "is_worth_judging_compiled"):
            patch.setattr(tools, choice, lambda _: True)
        mine = find_duplicates(*corpus, dedup, CanonicalSettings())
        for choice in ("is_worth_compiled", "is_worth_judging_compiled"):
            patch.setattr(tools, choice, lambda _: False)
        assert find_duplicates(*corpus, dedup, CanonicalSettings()) == mine


@settings(deadline=None, max_examples=50)
@given(st.lists(sentences.flatmap(edited), max_size=20))
def test_bare_texts_cluster_around_texts_that_are_kept(texts: list[str]) -> None:
    """A text's stand-in is kept itself, comes first, and is a copy or passes the threshold; either way of counting."""
    dedup = DedupSettings(exact_below_words=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tools, "is_worth_compiled", lambda _: True)
        kept = cluster_texts(texts, dedup).kept.tolist()
        patch.setattr(tools, "is_worth_compiled", lambda _: False)
        assert cluster_texts(texts, dedup).kept.tolist() == kept
    for place, stand_in in enumerate(kept):
        assert stand_in <= place
        assert kept[stand_in] == stand_in
        one, other = set(shingles(texts[place], 2)), set(shingles(texts[stand_in], 2))
        assert words(texts[place]) == words(texts[stand_in]) or len(one & other) / len(one | other) >= 0.4
