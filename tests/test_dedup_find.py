"""The laws of near-duplicate detection, on generated corpora, and what it says of typical cases."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.dedup import (
    ArticleItem,
    Assignment,
    Deduplication,
    Pair,
    ParagraphItem,
    Repeat,
    check_settings,
    find_duplicates,
    sign_texts,
    signature_bytes,
)
from pipeline.dedup.shingles import shingles, words
from pipeline.dedup.stories import FORMULA_ARTICLES
from pipeline.errors import UsageError
from pipeline.settings import CanonicalSettings, DedupSettings
from tests.strategies.dedup import VOCABULARY, corpora

# Short texts take part in everything, so that small examples reach every branch.
KEEN = DedupSettings(exact_below_words=1, containment_words=3, article_threshold=0.5)
POLICY = CanonicalSettings(source_priority=("two.example",))
Corpus = tuple[list[ArticleItem], list[ParagraphItem]]


def similarity(left: str, right: str, width: int) -> tuple[float, float]:
    """Jaccard similarity and containment by definition, on sets of strings."""
    if words(left) == words(right) != []:
        return 1.0, 1.0
    one, other = set(shingles(left, width)), set(shingles(right, width))
    if not one or not other:
        return 0.0, 0.0
    return len(one & other) / len(one | other), len(one & other) / min(len(one), len(other))


def article(name: str, *texts: str, site: str | None = None, url: str | None = None, day: int = 1) -> Corpus:
    """One article and its paragraphs."""
    body = "\n\n".join(texts)
    item = ArticleItem(name, f"{name}.txt", site, url, None, f"2024-03-{day:02}", None, len(body.split()), body)
    return [item], [ParagraphItem(f"{name}/{order}", name, site, order, text) for order, text in enumerate(texts)]


def together(*parts: Corpus) -> Corpus:
    """Several articles as one corpus."""
    return [each for part in parts for each in part[0]], [each for part in parts for each in part[1]]


def prose(seed: int, count: int = 60) -> str:
    """Words without pattern."""
    return " ".join(random.Random(seed).choices(VOCABULARY, k=count))


def run(corpus: Corpus, dedup: DedupSettings | None = None) -> Deduplication:
    """Detection with default settings."""
    return find_duplicates(*corpus, dedup or DedupSettings(), CanonicalSettings())


def canonical(found: Deduplication) -> dict[str, str]:
    """Article to its canonical article."""
    return {each.article_id: each.canonical_id for each in found.assignments}


def pairs_of(found: Deduplication, level: str) -> dict[tuple[str, str], Pair]:
    """Pairs of one level by ids."""
    return {(pair.left, pair.right): pair for pair in found.pairs if pair.level == level}


@settings(deadline=None, max_examples=60)
@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_inputs_changes_nothing(corpus: Corpus, shuffler: random.Random) -> None:
    """Any order of articles and paragraphs gives the same result to the last bit."""
    found = find_duplicates(*corpus, KEEN, POLICY)
    articles, paragraphs = list(corpus[0]), list(corpus[1])
    shuffler.shuffle(articles)
    shuffler.shuffle(paragraphs)
    again = find_duplicates(articles, paragraphs, KEEN, POLICY)
    assert again == found
    assert list(again.repeats) == list(found.repeats)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corpora())
def test_how_much_is_held_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch, corpus: Corpus) -> None:
    """Ties, occurrences and pairs one by one give what all together give."""
    found = find_duplicates(*corpus, KEEN, POLICY)
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.dedup.candidates._TIES_AT_ONCE", 1)
        patched.setattr("pipeline.dedup.cluster._READ_AT_ONCE", 1)
        patched.setattr("pipeline.dedup.report._PAIRS_AT_ONCE", 1)
        assert find_duplicates(*corpus, KEEN, POLICY) == found


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_every_pair_passes_its_threshold_exactly(corpus: Corpus) -> None:
    """Similarities are those of the definition, pass the settings, and stand between different articles."""
    found = find_duplicates(*corpus, KEEN, POLICY)
    items = {item.id: item for item in corpus[0]}
    parts = {part.id: part for part in corpus[1]}
    assert len({(pair.level, pair.left, pair.right) for pair in found.pairs}) == len(found.pairs)
    for pair in found.pairs:
        assert pair.left < pair.right
        assert 0 <= pair.estimated <= 1
        if pair.level == "paragraph":
            texts = parts[pair.left].text, parts[pair.right].text
            assert parts[pair.left].article_id != parts[pair.right].article_id
            assert pair.jaccard >= KEEN.paragraph_threshold or pair.containment >= KEEN.paragraph_containment
        elif pair.relation == "revision":
            texts = items[pair.left].text, items[pair.right].text
            assert pair.jaccard >= KEEN.revision_threshold or pair.containment >= KEEN.article_containment
        else:
            texts = items[pair.left].text, items[pair.right].text
            # Articles that share nearly all their paragraphs may be reworded as far as paragraphs may.
            assert pair.jaccard >= KEEN.paragraph_threshold or pair.containment >= KEEN.article_containment
        assert (pair.jaccard, pair.containment) == similarity(*texts, KEEN.shingle_words)


def has_formulas(corpus: Corpus) -> bool:
    """Whether a paragraph stands in so many articles that it may be a formula, which ties no articles."""
    standing = defaultdict(set)
    for part in corpus[1]:
        standing[tuple(words(part.text))].add(part.article_id)
    return any(len(articles) > FORMULA_ARTICLES for articles in standing.values())


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_no_close_pair_is_missed(corpus: Corpus) -> None:
    """By brute force: every two texts of Jaccard >= .8 in different articles have a pair (LSH misses 5 in 10**8).

    Articles do where no paragraph may be a formula.
    """
    found = find_duplicates(*corpus, KEEN, POLICY)
    levels = [("paragraph", [(part.id, part.article_id, part.text) for part in corpus[1]])]
    if not has_formulas(corpus):
        levels.append(("article", [(item.id, item.id, item.text) for item in corpus[0]]))
    for level, items in levels:
        text_of = {name: tuple(words(text)) for name, _, text in items}
        reported = {frozenset((text_of[left], text_of[right])) for left, right in pairs_of(found, level)}
        for one, other in combinations(items, 2):
            if one[1] != other[1] and similarity(one[2], other[2], KEEN.shingle_words)[0] >= 0.8:
                assert frozenset((text_of[one[0]], text_of[other[0]])) in reported


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_clusters_keep_one_article_and_never_chain(corpus: Corpus) -> None:
    """Each article is assigned once, to itself or to a kept article with which it has a pair of its own."""
    found = find_duplicates(*corpus, KEEN, POLICY)
    kept = canonical(found)
    assert [each.article_id for each in found.assignments] == sorted(item.id for item in corpus[0])
    for name, centre in kept.items():
        assert kept[centre] == centre
        if name != centre:
            assert (min(name, centre), max(name, centre)) in pairs_of(found, "article")
    members = defaultdict(list)
    for each in found.assignments:
        members[each.canonical_id].append(each)
    for group in members.values():
        assert all((each.reason == "only") == (len(group) == 1) for each in group)


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_repeats_point_straight_at_a_first_source(corpus: Corpus) -> None:
    """What is pointed at repeats nothing, is in another article, and has a verified pair with what points at it.

    Of two paragraphs that are near as wholes, and state the same, one repeats something.
    """
    found = find_duplicates(*corpus, KEEN, POLICY)
    parts = {part.id: part for part in corpus[1]}
    pairs = pairs_of(found, "paragraph")
    for name, repeat in found.repeats.items():
        assert repeat.first not in found.repeats
        assert parts[name].article_id != parts[repeat.first].article_id
        assert pairs[min(name, repeat.first), max(name, repeat.first)].jaccard == repeat.jaccard
    for names, pair in pairs.items():
        if pair.jaccard >= KEEN.paragraph_threshold and pair.relation != "form":
            assert names[0] in found.repeats or names[1] in found.repeats


@settings(deadline=None, max_examples=40)
@given(corpora())
def test_what_is_kept_has_no_duplicates_left(corpus: Corpus) -> None:
    """Detection among the canonical articles alone finds nothing to merge, where no paragraph may be a formula."""
    if has_formulas(corpus):
        return
    kept = set(canonical(find_duplicates(*corpus, KEEN, POLICY)).values())
    articles = [item for item in corpus[0] if item.id in kept]
    paragraphs = [part for part in corpus[1] if part.article_id in kept]
    again = find_duplicates(articles, paragraphs, KEEN, POLICY)
    assert set(canonical(again).values()) == kept
    assert all(each.reason == "only" for each in again.assignments)


@settings(deadline=None, max_examples=20)
@given(corpora())
def test_stored_signatures_give_the_same_result(corpus: Corpus) -> None:
    """Passing the signatures that are already known changes nothing but the work."""
    rows = sign_texts([part.text for part in corpus[1]], KEEN)
    stored = {part.id: signature_bytes(row) for part, row in zip(corpus[1], rows, strict=True)}
    assert find_duplicates(*corpus, KEEN, POLICY, stored) == find_duplicates(*corpus, KEEN, POLICY)


def test_stored_signatures_are_used_and_not_computed_again() -> None:
    """A signature given for a paragraph is believed: here it is that of the other paragraph, so all agrees."""
    text = prose(1)
    corpus = together(article("a", text), article("b", text.rsplit(" ", 6)[0]))
    (honest,) = pairs_of(run(corpus), "paragraph").values()
    row = signature_bytes(sign_texts([text], DedupSettings())[0])
    given_row = find_duplicates(*corpus, DedupSettings(), CanonicalSettings(), {"b/0": row})
    (believed,) = pairs_of(given_row, "paragraph").values()
    assert honest.estimated < 1.0 == believed.estimated
    assert honest.jaccard == believed.jaccard < 1.0


def test_nothing_gives_nothing() -> None:
    """An empty corpus, and articles without any text, have no duplicates."""
    assert run(([], [])) == Deduplication((), (), {})
    empty = run(together(article("a", "", "***"), article("b"), article("c", "— … —", "***")))
    assert empty.pairs == ()
    assert empty.repeats == {}
    assert empty.assignments == tuple(Assignment(name, name, "only") for name in "abc")


def test_settings_that_do_not_fit_are_refused_by_both_names() -> None:
    """Permutations that cannot be dealt out to the bands are a usage error."""
    check_settings(DedupSettings())
    with pytest.raises(UsageError, match=r"dedup\.permutations \(128\) .* dedup\.bands \(30\)"):
        run(([], []), DedupSettings(bands=30))


def test_inputs_that_contradict_themselves_are_refused() -> None:
    """Repeated ids and paragraphs of unknown articles are errors of the caller, not silently dropped."""
    items, parts = article("a", "one two three")
    with pytest.raises(ValueError, match="article ids"):
        run((items * 2, parts))
    with pytest.raises(ValueError, match="paragraph ids"):
        run((items, parts * 2))
    with pytest.raises(ValueError, match="a/0 is of article a,"):
        run(([], parts))


def test_copies_on_many_sites_are_a_star() -> None:
    """Fifty copies give 49 pairs at each level, all syndication, and the earliest is kept and pointed at."""
    text = prose(2)
    found = run(together(*(article(f"n{day:02}", text, site=f"s{day}.example", day=day % 28 + 1) for day in range(50))))
    assert set(canonical(found).values()) == {"n00"}
    assert len(found.pairs) == 98
    assert {pair.relation for pair in found.pairs} == {"syndication"}
    assert {repeat.first for repeat in found.repeats.values()} == {"n00/0"}
    assert len(found.repeats) == 49


def test_a_shortened_copy_is_found_by_containment() -> None:
    """The first three of ten paragraphs, far below the Jaccard threshold, join the long article."""
    body = [prose(seed) for seed in range(10)]
    found = run(together(article("long", *body, day=9), article("short", *body[:3], day=1)))
    pair = pairs_of(found, "article")["long", "short"]
    assert pair.jaccard < 0.4
    assert pair.containment == 1.0
    assert canonical(found)["short"] == "long"
    assert found.assignments[1].reason == "most_words: 600 > 180"


def test_a_stub_or_a_page_of_many_stories_swallows_nothing() -> None:
    """Containment alone does not merge a few words, nor a story into a collection ten times its size."""
    story, stub = prose(1), prose(2, 15)
    many = article("many", story, stub, *(prose(seed) for seed in range(10, 19)))
    found = run(together(article("story", story), article("stub", stub), many))
    assert all(each.reason == "only" for each in found.assignments)
    assert pairs_of(found, "article") == {}
    assert {pair.relation for pair in found.pairs} == {"quote"}


def test_a_later_version_of_one_url_is_a_revision() -> None:
    """Same URL up to spelling, text extended: a revision at both levels."""
    body = [prose(seed) for seed in range(5)]
    found = run(
        together(
            article("v1", *body, site="a.example", url="https://a.example/x"),
            article("v2", *body, prose(7), site="a.example", url="http://www.a.example/x/?utm_source=feed"),
        )
    )
    assert {pair.relation for pair in found.pairs} == {"revision"}
    assert canonical(found) == {"v1": "v2", "v2": "v2"}


def test_a_house_formula_is_a_template_and_a_shared_statement_a_quote() -> None:
    """One site's formula in three differing articles is a template; the same words on another site are a quote."""
    formula = prose(1, 20)
    found = run(
        together(
            *(article(f"n{n}", prose(10 + n), formula, site="a.example" if n < 3 else "b.example") for n in range(4))
        )
    )
    relations = {(pair.left, pair.right): pair.relation for pair in found.pairs}
    assert relations == {
        ("n0/1", "n1/1"): "template",
        ("n0/1", "n2/1"): "template",
        ("n0/1", "n3/1"): "quote",
    }


def test_similar_to_a_member_is_not_similar_to_the_cluster() -> None:
    """A~B and B~C, but not A~C: whichever is kept, A and C do not end in one cluster unless B is kept."""
    base = prose(3, 100).split(" ")
    texts = {"a": base[:80], "b": base[10:90], "c": base[20:]}
    found = run(together(*(article(name, " ".join(text), day=ord(name) % 28 + 1) for name, text in texts.items())))
    assert set(pairs_of(found, "article")) == {("a", "b"), ("b", "c")}
    assert canonical(found) == {"a": "a", "b": "a", "c": "c"}


def test_one_template_filled_with_other_facts_stays_apart() -> None:
    """Two bulletins that share their wording, but differ in every fact, are both kept."""
    template = (
        "On {} the {} districts reach {} degrees with {} winds from the {}, while humidity stays near {} percent "
        "and the barometer reads {} hectopascal along the {} until the {} hours of {}."
    )
    one = template.format("Monday", "northern", 12, "light", "west", 65, 1013, "harbour", "early", "Tuesday")
    other = template.format("Friday", "southern", 27, "gusty", "east", 40, 998, "valley", "late", "Sunday")
    found = run(together(article("a", one), article("b", other)))
    assert canonical(found) == {"a": "a", "b": "b"}
    assert pairs_of(found, "article") == {}


def test_short_lines_are_duplicates_only_as_copies() -> None:
    """Two questions that open alike are not one, the same heading in other case is; neither merges articles."""
    found = run(
        together(
            article("a", "How long does it take to bake bread?", "Further Reading", prose(1), day=1),
            article("b", "How long does it take to learn chess?", "FURTHER READING:", prose(2), day=2),
        )
    )
    assert dict(found.repeats) == {"b/1": Repeat("a/1", 1.0)}
    assert canonical(found) == {"a": "a", "b": "b"}


def test_a_paragraph_repeated_in_its_own_article_is_not_a_pair() -> None:
    """Repeats within one article are another step's business; across articles they still count."""
    text = prose(1, 20)
    alone = run(article("a", text, text, prose(5)))
    assert alone.pairs == ()
    assert alone.repeats == {}
    found = run(together(article("a", text, text, prose(5), day=1), article("b", prose(6), text, day=2)))
    assert dict(found.repeats) == {"b/1": Repeat("a/0", 1.0)}


def test_the_first_source_is_the_earliest_published() -> None:
    """A shorter article published first is the source of a paragraph, although the longer one would be kept."""
    shared = prose(1, 30)
    found = run(together(article("late", prose(2), prose(3), shared, day=9), article("early", prose(4), shared, day=2)))
    assert dict(found.repeats) == {"late/2": Repeat("early/1", 1.0)}


def test_no_two_languages_of_one_story_are_merged() -> None:
    """Texts that share names and numbers only are different articles."""
    found = run(
        together(
            article("en", "Marta Ilves opened the 14 kilometre tunnel under Lake Orra on Thursday, three years late."),
            article("de", "Marta Ilves hat am Donnerstag den 14 Kilometer langen Tunnel unter dem Lake Orra eröffnet."),
        )
    )
    assert found.pairs == ()


@pytest.mark.slow
def test_variants_of_one_formula_stay_linear() -> None:
    """A crowd of near-copies, far beyond the largest bucket, gives no more pairs for each when it grows."""
    base = prose(1, 40).split(" ")
    chooser = random.Random(5)
    parts = []
    for number in range(8_000):
        changed = list(base)
        changed[chooser.randrange(40)] = f"variant{number}"
        parts.append(article(f"n{number:05}", " ".join(changed), prose(100 + number, 80), site=f"s{number}.example"))
    few, many = run(together(*parts[:2_000])), run(together(*parts))
    assert len(many.repeats) >= 0.99 * len(parts)
    # Were each paired with each, the larger crowd would have four times as many pairs for each of its members.
    assert len(many.pairs) / 8_000 < 1.5 * len(few.pairs) / 2_000
