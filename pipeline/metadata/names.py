# ruff: noqa: E501 - word lists
"""Names of people as bylines print them: put into normal case, told apart from roles, agencies and sites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.metadata.months import fold, word_set

MAX_NAME_CHARS = 60
_MAX_NAME_WORDS = 6
MAX_CREDIT_CHARS = 1_000
"""Of a longer text only the beginning is read: no list of authors is that long."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Whom a byline names."""

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    """Agencies, desks, sites, "Staff": they sign articles but are no persons, and are not authors."""
    roles: bool = False
    """Whether a role ("Staff Writer") or an address stood with the names."""
    unknown: tuple[str, ...] = ()
    """Parts that are none of these."""


# Particles are small between first name and surname. "Van" is large in Vietnamese and at the start of a name.
_PARTICLES = word_set(
    "van von der den de del della dello dei degli di da das do dos du la le les ten ter zu zum zur af av bin ibn al el y e i"
)
_VIETNAMESE = word_set("nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly")
_AFTER_NAME = {
    "JR": "Jr",
    "SR": "Sr",
    "PHD": "PhD",
    "MD": "MD",
    "II": "II",
    "III": "III",
    "IV": "IV",
    "MP": "MP",
    "DVM": "DVM",
}
_TITLES = word_set("dr mr mrs ms prof sir dame rev")

_ORGANISATIONS = word_set("""
    reuters ap afp dpa apa efe ansa lusa pap tass xinhua kyodo yonhap belga anp sda ats ritzau tt ntb stt ctk mti agerpres
    interfax rtr upi pti ani ians bernama antara bloomberg cnn bbc npr sid kna epd jiji staff admin administrator editor
    editors editorial newsroom redaktion redaccion redazione redacao redactie redakcja redakce toimitus agencies agency wire
    agencia agence agentur agenzia desk bureau team correspondent reporters webdesk anonymous
    редакция редакція тасс рбк 共同通信 時事通信 新华社 新華社 编辑部 編集部 연합뉴스 뉴시스
    """)
_ORGANISATION_WORDS = word_set("""
    associated press agence agency agencies media news newspaper newspapers times post tribune herald gazette chronicle
    magazine network networks service services desk bureau team editorial editors staff group inc ltd llc gmbh university
    institute foundation department office council association society company tv radio television digital online website
    daily weekly board newsroom redaktion agenzia agencia agentur notizie noticias wires report reports center centre
    committee union international guardian telegraph journal review zeitung rundschau anzeiger blatt presse agenturen
    """)
_ROLES = word_set("""
    writer reporter editor correspondent columnist contributor journalist producer photographer analyst critic author blogger
    anchor intern fellow freelancer director manager strategist specialist contributing managing freelance executive
    publisher researcher chief host presenter reviewer tester expert educator consultant founder ceo cto president professor
    nutritionist dietitian physician scientist engineer owner horticulturalist veterinarian
    redakteur redakteurin reporterin korrespondent korrespondentin journalistin autor autorin volontar volontarin
    journaliste redacteur redactrice correspondant correspondante envoye chroniqueur stagiaire
    periodista redactor redactora corresponsal enviado enviada giornalista redattore redattrice corrispondente inviato
    jornalista reporter correspondente redacteur verslaggever correspondente journaliste dziennikarz dziennikarka redaktor
    redaktorka muhabir muhabiri editoru yazar journalist reporterin toimittaja redaktorka reporterka ujsagiro szerkeszto
    jurnalist корреспондент журналист обозреватель редактор автор кореспондент журналіст wartawan penulis editor
    記者 编辑 編集 責任編輯 责任编辑 기자 특파원 팀장 선임기자 인턴기자 논설위원
    """)
_NOT_A_NAME = word_set("""
    the a an of in on at to for from with and or but is are was were be this that these those our your my his her its we you
    they it he she who what when where why how all more most read see view show click here home about contact us terms policy
    privacy menu search subscribe subscription newsletter sign log login register account share follow tweet email print save
    comments comment advertisement sponsored related latest breaking news sports sport business politics opinion world
    entertainment lifestyle health science tech technology video videos photos photo gallery podcast podcasts weather travel
    food culture arts style money markets top stories story trending popular must watch live today yesterday tomorrow next
    previous back up down out no yes not new best free get help faq support careers jobs advertise cookies settings rights
    reserved copyright featured editorial press local national international education real estate books music movies games
    shop cart checkout price sale add skip main content topics tags category categories archive archives events calendar
    injury update updates report season week game day night year years first last time people city state county school high
    how-to guide guides tips review reviews recipe recipes terms conditions use site map accessibility written by strategy marketing
    analytics administration government department company hotel hotels wedding planning
    der die das und oder ein eine mit fur auf ist sind nach aus bei wie was mehr alle neue nachrichten startseite impressum
    datenschutz anmelden suche wetter kultur wirtschaft politik
    les des une est sont dans sur pour avec par plus tous accueil actualite actualites economie politique
    los las una con para por que es son mas todo inicio noticias economia politica deportes cultura
    il lo gli uno una che sono piu tutti notizie cronaca sport economia politica
    het een met voor niet meer nieuws over ons
    """)

# No part of a personal name; "April", "Marco" (março), "Domingo" and "Sabato" are.
_DAYS = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february september october november december
    montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
    """
)

_LETTER = r"[^\W\d_]"
_NAME_WORD = re.compile(rf"(?:{_LETTER}\.)+-?(?:{_LETTER}\.)*|{_LETTER}+(?:['’‘`ʼ\-‐]{_LETTER}+)*\.?")
_ADDRESS = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,64}(?:\.[\w\-]{1,64})+|https?://\S+|www\.\S+|(?<!\w)@\w{1,40}")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SPLIT = re.compile(
    r"\s*(?:[,;&|•·/+、，；・]|\s(?:and|und|et|och|og|ve|ja|dan|và|и|та|και|with|mit|avec|con|con la colaboración de)\s)\s*"
    r"(?:(?:and|und|et|och|og|ve|ja|dan|và|и|та|και)\s+)?",
    re.IGNORECASE,
)
# One-letter and short conjunctions that also stand inside surnames ("Ortega y Gasset"): only between full names.
_WEAK_SPLIT = re.compile(r"\s+(?:y|e|i|a|en|și|si|és|ו)\s+", re.IGNORECASE)
_AFFILIATION = re.compile(
    r"\s+(?:for|in|at|of|from|reports?|contributed|für|aus|in|pour|à|para|en|voor|per|dla|för)\s.*$|\s+[\-–—]\s.*$",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|mba|esq|dvm|rn|rd|phd|msc|bsc|ma|ba)\.?$", re.IGNORECASE)
_DEGREE = re.compile(r"^[A-Z]{2,6}[®™]?$|^[A-Z][a-z]?(?:\.[A-Z][a-z]?)+\.?$")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def normal_case(name: str, language: str | None = None) -> str:
    """A name in normal case: all capitals or all small letters are changed, a name in mixed case is the author's.

    "Mac" is left alone (Macron, MacDonald: nobody can tell), "Mc" is not. In a name of mixed case, words of four
    and more capitals are surnames as the French print them ("Jean DUPONT").

    :param language: ISO 639-1 code; Turkish has its own small and capital i.
    """
    name = " ".join(name.split())
    letters = [c for c in name if c.isalpha() and c.lower() != c.upper()]
    if not letters:
        return name
    words = name.split(" ")
    if all(c.isupper() for c in letters):
        return " ".join(_cased(word, at, words, language) for at, word in enumerate(words))
    if all(c.islower() for c in letters):
        upper = [word.upper() for word in words]
        return " ".join(_cased(word, at, upper, language) for at, word in enumerate(upper))
    return " ".join(
        _cased(word, at, words, language) if _is_shouted(word) and len(word) > 3 else word
        for at, word in enumerate(words)
    )


def split_authors(text: str, language: str | None = None) -> tuple[str, ...]:
    """The people in a list such as "A, B and C", in normal case and order, each once."""
    return read_credits(text, language).people


def read_credits(text: str, language: str | None = None) -> Credits:
    """Tell people, organisations and roles in a list of names apart.

    Addresses, handles and bracketed remarks are dropped; ", Jr." stays with its name.
    """
    text = text[:MAX_CREDIT_CHARS]
    stripped = _BRACKETS.sub(" ", _ADDRESS.sub(" | ", text))
    people: list[str] = []
    organisations: list[str] = []
    unknown: list[str] = []
    roles: list[str] = []
    with_role = stripped != text
    for part in map(_undoubled, _parts(stripped)):
        if people and (_SUFFIX.match(part) or (_DEGREE.match(part) and fold(part) not in _ORGANISATIONS)):
            # Degrees are dropped, generations are part of the name.
            if part.lower().strip(".") in ("jr", "sr", "ii", "iii", "iv"):
                people[-1] = f"{people[-1]} {_AFTER_NAME[part.upper().strip('.')]}{'.' if part.endswith('.') else ''}"
            continue
        kind, name = _classify(part)
        if kind == "person":
            with_role = with_role or (name != part and is_role(part))
            cased = normal_case(name, language)
            if fold(cased) not in map(fold, people):
                people.append(cased)
        elif kind == "organisation":
            organisations.append(name)
        elif kind == "role":
            roles.append(name)
        else:
            unknown.append(part)
    if roles and not people:
        organisations += roles  # "By Staff Writer": signed, but by nobody
    return Credits(tuple(people), tuple(organisations), bool(roles) or with_role, tuple(unknown))


def looks_like_name(text: str) -> bool:
    """Whether ``text`` could be one person's full name and nothing else: two to four capitalised words.

    Particles do not count as words. Menu entries can look the same, so the caller must know that a name may stand here.
    """
    if not 4 <= len(text) <= MAX_NAME_CHARS:
        return False
    words = text.split()
    full = 0
    if not 2 <= len(words) <= _MAX_NAME_WORDS:
        return False
    for at, word in enumerate(words):
        folded = fold(word).strip(".")
        if not _NAME_WORD.fullmatch(word):
            return False
        if folded in _PARTICLES and at > 0:
            continue
        initial = len(folded) == 1 and word.endswith(".")
        other = (folded in _NOT_A_NAME and not initial) or folded in _DAYS or folded in _ROLES or _organised(folded)
        # A full stop ends only an initial or a short form ("Wm.").
        sentence = word.endswith(".") and len(folded) > 3 and "." not in folded
        if other or sentence or not word[0].isupper():
            return False
        full += 1
    return 2 <= full <= 4 and fold(words[-1]) not in _PARTICLES and not _CJK.search(text)


def is_organisation(text: str) -> bool:
    """Whether ``text`` is an agency, a desk or a site rather than a person."""
    folded = fold(text).strip(" .")
    words = folded.split()
    if not words or len(words) > 8:
        return False
    return (
        folded in _ORGANISATIONS
        or words[0] in ("the", "our")
        or any(word.strip(".,'") in _ORGANISATION_WORDS for word in words)
        or bool(re.fullmatch(r"[\w\-]+\.(?:com|org|net|co|de|fr|it|es|nl|eu|info|tv|co\.uk)", folded))
        or (len(words) == 1 and text.isupper() and len(text) <= 5)
    )


def is_role(text: str) -> bool:
    """Whether ``text`` says what someone does ("Staff Writer", "Special to the Gazette", "Chefredakteurin")."""
    folded = fold(text).strip(" .")
    words = re.findall(r"[^\W_]+", folded)
    if not words or len(words) > 9 or len(text) > 90:
        return False
    if folded.startswith(_ROLE_OPENERS):
        return True
    return any(word in _ROLES or (len(word) > 8 and word.endswith("redakteur")) for word in words)


_ROLE_OPENERS = ("special to ", "special for ", "for the ", "envoye special", "enviado especial", "our own ")
ROLE_HINTS = _ROLES | {"redakteur", *_ROLE_OPENERS}
"""A line of ASCII characters that says a role holds one of these."""


def _organised(folded: str) -> bool:
    return folded in _ORGANISATION_WORDS and folded not in ("post", "press", "guardian", "group")


def _undoubled(part: str) -> str:
    """A name once that is printed twice: as the alternative text of a portrait, and below it."""
    words = part.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and words[:half] == words[half:] else part


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for strong in _SPLIT.split(text):
        pieces = _WEAK_SPLIT.split(strong)
        whole = len(pieces) > 1 and all(len(piece.split()) >= 2 for piece in pieces)
        parts.extend(pieces if whole else [strong])
    return [
        part.strip(" .:-–—") if not _SUFFIX.match(part.strip()) else part.strip()
        for part in parts
        if part.strip(" .:-–—")
    ]


_Sort = Literal["person", "organisation", "role", "unknown"]


def _classify(part: str) -> tuple[_Sort, str]:
    """What ``part`` names, and its text without an affiliation."""
    if looks_like_name(part):
        return "person", part
    if fold(part) in _ORGANISATIONS:
        return "organisation", part
    bare = _AFFILIATION.sub("", part).strip()
    if bare != part and looks_like_name(bare):
        return "person", bare
    if _CJK.search(part) or is_role(part):
        return _classify_cjk(part) if _CJK.search(part) else _name_before_role(part)
    if is_organisation(part):
        return _name_before_organisation(part)
    return "person" if _may_be_caseless_name(part) else "unknown", part


def _name_before_organisation(part: str) -> tuple[_Sort, str]:
    """The name in "Jane Doe The Associated Press"; else the part is only an organisation."""
    name, the, rest = part.partition(" The ")
    if the and looks_like_name(name) and is_organisation(f"The {rest}"):
        return "person", name
    return "organisation", part


def _may_be_caseless_name(part: str) -> bool:
    """Names in scripts without capitals (Hebrew, Arabic, Hindi), and names typed in small letters."""
    words = part.split()
    if not 2 <= len(words) <= 4 or any(c.isdigit() for c in part):
        return False
    letters = [c for c in part if c.isalpha()]
    caseless = bool(letters) and all(c.lower() == c.upper() for c in letters)
    return caseless or (all(word.islower() for word in words) and looks_like_name(part.title()))


def _name_before_role(part: str) -> tuple[_Sort, str]:
    """The name in "Jane Doe Staff Writer" and "Senior Reporter Jane Doe"; else the part is only a role."""
    words = part.split()
    for count in (2, 3):
        if len(words) > count:
            for name, role in ((words[:count], words[count:]), (words[-count:], words[:-count])):
                joined = " ".join(name)
                known = fold(role[0]) in _ROLES or fold(role[-1]) in _ROLES
                if known and len(role) <= 4 and looks_like_name(joined):
                    return "person", joined
    return "role", part


_CJK_ROLE = re.compile(
    r"^(?:記者|记者|責任編輯|责任编辑|编辑|編集|作者|撰文|特約記者)\s*[:：]?\s*|\s*(?:記者|记者|编辑|編集委員|論説委員|特派員|기자|특파원|선임기자|인턴기자|논설위원|팀장|씨|氏)$"
)


def _classify_cjk(part: str) -> tuple[_Sort, str]:
    bare = _CJK_ROLE.sub("", part).strip()
    if not bare:
        return "role", part
    if fold(bare) in _ORGANISATIONS or re.search(r"(?:通信|新聞|新闻|社|网|網|報|报|뉴스|신문|일보|部)$", bare):
        return "organisation", bare
    letters = bare.replace(" ", "").replace("\u3000", "").replace("·", "")
    # Names: 2 to 4 Han or Hangul characters, up to 6 in Japanese, longer in kana.
    short = len(letters) <= 6 and len(bare.split()) <= 2
    kana = re.fullmatch(r"[\u30a0-\u30ff]{2,16}", letters) is not None
    return ("person", bare) if letters.isalpha() and (short or kana) else ("unknown", part)


def _is_shouted(word: str) -> bool:
    return (
        word.isupper() and word.replace("-", "").replace("'", "").replace("’", "").isalpha() and not _CJK.search(word)
    )


def _lower(text: str, language: str | None) -> str:
    if language == "tr":
        text = text.replace("I", "ı")
    return text.replace("İ", "i").lower()


def _cased(word: str, at: int, words: list[str], language: str | None) -> str:
    """One word of a name in capitals, in normal case."""
    bare = word.strip(".,")
    if bare in _AFTER_NAME and at > 0 and (len(bare) > 2 or at == len(words) - 1):
        return word.replace(bare, _AFTER_NAME[bare])
    inside = 0 < at < len(words) - 1
    if inside and fold(bare) in _PARTICLES and fold(words[0]) not in _VIETNAMESE:
        return _lower(word, language)
    # Two capitals without a vowel at the front are initials: JT, CJ, DJ.
    if (
        at == 0
        and len(bare) == 2
        and bare.isupper()
        and fold(bare) not in _TITLES
        and not set(fold(bare)) & set("aeiouy")
    ):
        return word
    pieces = re.split(r"([\-‐'’‘`ʼ.])", word)
    cased: list[str] = []
    for index, piece in enumerate(pieces):
        small = _lower(piece, language)
        before = pieces[index - 1] if index else ""
        follows = pieces[index + 1] if index + 1 < len(pieces) else ""
        arabic = index == 0 and at > 0 and fold(piece) in ("al", "el") and follows == "-"
        linked = before in ("-", "‐") and bool(follows) and fold(piece) in _PARTICLES  # Saint-Jean-de-Luz
        glued = before != "" and before in "'’‘`ʼ" and not _capital_after(pieces[index - 2], piece)
        cased.append(small if arabic or linked or glued else _capital(piece, small))
    return "".join(cased)


def _capital_after(prefix: str, piece: str) -> bool:
    """Whether a capital follows the apostrophe: O'Neill, D'Agostino, Dell'Utri; but not Sa'ad, nor a possessive s."""
    folded = fold(prefix)
    return folded in ("dell", "dall") or (len(prefix) <= 2 and len(piece) > 2 and folded not in ("sa", "ta", "ma"))


def _capital(piece: str, small: str) -> str:
    if not piece:
        return piece
    if small.startswith("mc") and len(small) > 4:
        return f"Mc{piece[2].upper()}{small[3:]}"
    return piece[0] + small[1:] if piece[0].isupper() else small
