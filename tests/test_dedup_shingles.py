"""Folding, words, shingles and the published hash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.shingles import shingle_hash, shingle_key, shingle_texts, shingles, word_hash, words
from tests.strategies.dedup import any_text


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Don't stop — NOW!", "don’t stop now"),
        ("STRASSE", "straße"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ １２", "full width 12"),
        ("co\u00adoperate zero\u200bwidth", "cooperate zerowidth"),
        ("cafe\u0301", "café"),
        ("a ❤️ b", "a b"),
    ],
)
def test_spellings_of_one_text_have_the_same_words(left: str, right: str) -> None:
    """Case, width, apostrophes, dashes, composition, invisible characters and emoji make no difference."""
    assert words(left) == words(right) != []


def test_marks_stay_inside_their_word() -> None:
    """A vowel sign or virama does not cut a Hindi word, as ``\\w`` of many regex engines would."""
    assert words("हिन्दी भाषा") == ["हिन्दी", "भाषा"]


def test_scripts_without_spaces_give_character_pairs() -> None:
    """Chinese, Japanese and Thai runs give overlapping pairs, neighbours in other scripts stay words, Korean does."""
    assert words("東京2020大会。") == ["東京", "2020", "大会"]
    assert words("新聞社は言う") == ["新聞", "聞社", "社は", "は言", "言う"]
    assert words("ภาษา") == ["ภา", "าษ", "ษา"]
    assert words("字 abc") == ["字", "abc"]
    assert words("한국어 신문") == ["한국어", "신문"]


def test_text_without_letters_or_digits_has_no_words() -> None:
    """Ornaments and emoji are not words, so that no two such lines count as copies."""
    assert words("* * * — … ❤️ \ufe0f \u200b") == []


def test_the_published_hash_has_its_published_values() -> None:
    """Anyone can check a re-implementation against these values; they never change within a SHINGLE_VERSION."""
    assert word_hash(b"the") == 0xCB3FF435B889FB31
    assert shingle_key(b"the cat") == 0x4676E2E4109608D9
    assert shingle_hash(b"the cat") == 0x4676E2E4
    assert shingle_hash("東京 京都".encode()) == shingle_key("東京 京都".encode()) >> 32
    assert shingle_hash(b"cat the") != shingle_hash(b"the cat")


@given(any_text)
def test_folding_is_stable(text: str) -> None:
    """Words of already folded and spaced text are the same words, unless the script puts no spaces."""
    found = words(text)
    if all(word.isascii() for word in found):
        assert words(" ".join(found)) == found


@given(st.lists(any_text, max_size=12), st.integers(1, 4))
def test_shingling_many_equals_shingling_each(texts: list[str], width: int) -> None:
    """The vectorised sets hold exactly the keys of the shingles of each text, copies collapsed in order."""
    shingled = shingle_texts(texts, width)
    seen: list[list[str]] = []
    for text, number in zip(texts, shingled.number.tolist(), strict=True):
        found = words(text)
        if not found:
            assert number == -1
            continue
        if found not in seen:
            seen.append(found)
        assert number == seen.index(found)
        expected = sorted({shingle_key(each.encode()) for each in shingles(text, width)})
        assert shingled.set_of(number).tolist() == expected
        assert shingled.words[number] == len(found)
    assert len(shingled) == len(seen)


def test_a_huge_line_is_shingled_across_batches() -> None:
    """A text of many more words than a batch, between others, keeps its own set."""
    huge = " ".join(f"w{number % 300_001}" for number in range(450_000))
    shingled = shingle_texts(["one two three", huge, "four five six"], 2)
    assert shingled.sizes.tolist() == [2, 300_001, 2]


def test_a_lone_surrogate_is_hashed() -> None:
    """Text that cannot be encoded, as broken JSON escapes give, is shingled like any other."""
    assert shingle_texts(["a \ud800 b c", "d\udfff e"], 2).sizes.tolist() == [2, 1]
