"""Names of people: their case, and who in a list of names is a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metadata.names import looks_like_name, normal_case, read_credits, split_authors


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SUSAN DOE", "Susan Doe"),
        ("susan doe", "Susan Doe"),
        ("JEAN-LUC O'NEILL", "Jean-Luc O'Neill"),
        ("RONALD MCDONALD", "Ronald McDonald"),
        ("EMMA MACRON", "Emma Macron"),
        ("VAN DER BERG", "Van der Berg"),
        ("ANNA VAN DER BERG", "Anna van der Berg"),
        ("NGUYEN VAN ANH", "Nguyen Van Anh"),
        ("CARLO D’AGOSTINO", "Carlo D’Agostino"),
        ("MARCO DELL'UTRI", "Marco Dell'Utri"),
        ("ludwig van beethoven", "Ludwig van Beethoven"),
        ("JOSÉ DE LA CRUZ", "José de la Cruz"),
        ("OMAR AL-BASHIR", "Omar al-Bashir"),
        ("J.K. MUSTER", "J.K. Muster"),
        ("JT SMITH", "JT Smith"),
        ("MARTIN DOE JR.", "Martin Doe Jr."),
        ("HENRY DOE III", "Henry Doe III"),
        ("İREM ÇELİK", "İrem Çelik"),
        ("ИВАН ПЕТРОВ", "Иван Петров"),
        ("ΝΙΚΟΣ ΠΑΠΠΑΣ", "Νικος Παππας"),
        ("Jean DUPONT", "Jean Dupont"),
        ("王小明", "王小明"),
    ],
)
def test_shouted_and_small_names_are_put_into_normal_case(name: str, expected: str) -> None:
    """Capitals, particles, apostrophes, hyphens and initials come out as people write them."""
    assert normal_case(name) == expected


def test_turkish_has_its_own_small_i() -> None:
    """IŞIK is Işık in Turkish, and the dot of İ is not left behind as a mark."""
    assert normal_case("IŞIL YILDIZ", "tr") == "Işıl Yıldız"


@pytest.mark.parametrize(
    "name", ["Susan Doe", "Anna de Vries", "bell Hooks", "LeBron deJesus", "AJ Doe", "Mary-Kate O’Hara"]
)
def test_names_in_mixed_case_stay_as_their_owners_write_them(name: str) -> None:
    """Nothing is corrected that somebody typed on purpose."""
    assert normal_case(name) == name


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ann Alpha, Ben Beta and Cyd Gamma", ("Ann Alpha", "Ben Beta", "Cyd Gamma")),
        ("ANN ALPHA & BEN BETA", ("Ann Alpha", "Ben Beta")),
        ("Anna Alfa und Max Muster", ("Anna Alfa", "Max Muster")),
        ("Jean Dupont et Marie Durand", ("Jean Dupont", "Marie Durand")),
        ("Ana Pérez y Luis Gómez", ("Ana Pérez", "Luis Gómez")),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Jan Kowalski i Anna Nowak", ("Jan Kowalski", "Anna Nowak")),
        ("Иван Петров и Анна Смирнова", ("Иван Петров", "Анна Смирнова")),
        ("Jane Doe, Staff Writer", ("Jane Doe",)),
        ("Jane Doe Senior Reporter", ("Jane Doe",)),
        ("Jane Doe for Reuters", ("Jane Doe",)),
        ("Jane Doe, Special to The Gazette", ("Jane Doe",)),
        ("Jane Doe jane@example.com @janedoe", ("Jane Doe",)),
        ("Jane Doe, MD, PhD", ("Jane Doe",)),
        ("Martin Doe, Jr. and Jane Roe", ("Martin Doe Jr.", "Jane Roe")),
        ("Jane Doe and JANE DOE", ("Jane Doe",)),
        ("홍길동, 김철수 기자", ("홍길동", "김철수")),
    ],
)
def test_a_list_of_names_is_split_and_roles_are_stripped(text: str, people: tuple[str, ...]) -> None:
    """People come out in order, each once, without role, degree, address or affiliation."""
    assert split_authors(text) == people


@pytest.mark.parametrize(
    "text", ["Reuters", "The Associated Press", "AFP", "dpa", "Staff", "admin", "News Desk", "Redaktion", "example.com"]
)
def test_agencies_and_desks_are_no_people(text: str) -> None:
    """Who signs without being a person is reported apart."""
    credits_ = read_credits(text)
    assert credits_.people == ()
    assert credits_.organisations == (text,)


@pytest.mark.parametrize(
    "text", ["Jane Doe", "Anna van der Berg", "J. R. Doe", "Jean-Luc O’Neill", "Иван Петров", "JANE DOE"]
)
def test_full_names_look_like_names(text: str) -> None:
    """Two to four capitalised words, particles aside."""
    assert looks_like_name(text)


@pytest.mark.parametrize(
    "text",
    ["Jane", "Home", "Contact Us", "Terms of Use", "Latest News", "The Doe Family", "jane doe",
     "New York Times", "Jane Doe went home",
     "Read More", "Jane Doe 3", "Real Estate", "Monday Morning", "One Two Three Four Five Six Seven"],
)  # fmt: skip
def test_menu_entries_and_phrases_do_not_look_like_names(text: str) -> None:
    """Words of menus, days, organisations and small letters are refused."""
    assert not looks_like_name(text)


@given(st.text(max_size=80))
def test_normal_case_is_idempotent_and_any_text_is_answered(text: str) -> None:
    """A name in normal case is left alone when it is put into normal case again."""
    once = normal_case(text)
    if not any(c.isupper() for c in once) or any(c.islower() for c in once):
        assert normal_case(once).casefold() == once.casefold()
    read_credits(text)
    looks_like_name(text)
