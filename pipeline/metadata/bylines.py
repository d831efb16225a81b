# ruff: noqa: E501 - patterns and word lists, a few languages a line
"""Lines that name the author, often with a date, a role or a reading time beside the name.

A byline is recognised by what it consists of: an opener ("By", "Von", "文/"), names, roles, agencies, dates. Prose
that begins with the same words ("By Tuesday, the city had ...") has parts that are none of these and is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.metadata.dates import MAX_CHARS, DateLine, may_hold_date, parse_date_line, strip_reading_time, take_dates
from pipeline.metadata.months import fold
from pipeline.metadata.names import Credits, is_organisation, is_role, looks_like_name, read_credits


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says. ``authors`` is empty where only an agency or a desk signs."""

    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    organisations: tuple[str, ...] = ()


# Openers that nothing but a byline has: what follows may be a single word.
_STRONG = re.compile(
    r"^\W{0,3}(?:(?:written|words|story|text|posted|published|reported|reporting|article|post|report|review|compiled"
    r"|created|submitted|authored|contributed|interview|analysis|opinion|commentary|essay)(?:\s+and\s+(?:photographs|photos|photography|reporting))?\s+by"
    r"|(?:author|authors|writer|reporter|byline|autor|autorin|autoren|autora|autores|autore|autori|auteurs?|auteure|autrice|author\(s\)|tekst|texte?|texto"
    r"|testo|teksti|szerzo|scris de|forfatter|skribent|forfattare|kirjoittaja|yazar|yazan|haber|muhabir|penulis|tac gia|автор|авторы|текст|автори"
    r"|συντακτης|κειμενο|كتب|الكاتب|लेखक|redaktor|redakteur|scritto da|(?:ein |eine )?(?:artikel|beitrag|kommentar|gastbeitrag|kolumne|analyse|reportage|bericht|essay|interview) von)\s*[:：]"
    r"|geschrieben von|veroffentlicht von|(?:ein |eine )?(?:artikel|beitrag|kommentar|gastbeitrag|kolumne|analyse|reportage|bericht|essay) von|(?:ecrit|redige|publie|poste|propos recueillis) par"
    r"|(?:escrito|publicado|redactado) por|(?:scritto|pubblicato) da|a cura di|(?:geschreven|geplaatst|gepubliceerd) door"
    r"|(?:skriven|publicerad) av|(?:skrevet|publisert) a[vf]|γραφει (?:ο|η)|scris de|publicat de|oleh\s*[:：]|dilaporkan oleh"
    r"|文\s?[/／｜|：:＝=]|图文\s?[/／｜|：:]|(?:記者|记者|作者|撰文|撰稿|文字|責任編輯|责任编辑|编辑|編輯|取材・文|文・写真|執筆|著者|ライター|글|기자)\s?[:：/／｜|=＝]"
    r"|मेघा^)\s*",
)
# Openers that are everyday words as well: all that follows must be names, roles, agencies or dates.
_WEAK = re.compile(
    r"^\W{0,3}(?P<opener>by|von|vom|par|por|di|door|av|af|przez|od|tarafindan|oleh|boi|de|da|irta|בידי|מאת|بقلم|від|от|του|της|द्वारा|記者|记者)\s*[:：]?\s+"
)
_WEAK_LANGUAGES = {
    "by": None, "von": "de", "vom": "de", "par": "fr", "por": "es pt", "di": "it", "door": "nl", "av": "sv no nb nn", "af": "da",
    "przez": "pl", "od": "cs sk hr sr", "tarafindan": "tr", "oleh": "id ms", "boi": "vi", "de": "ro", "da": "it", "irta": "hu",
}  # fmt: skip
"""``de`` and ``da`` count only in pages known to be in these languages: they are particles of names elsewhere."""

_OPENER_ALONE = re.compile(
    r"^\W{0,2}(?:by|written by|story by|words by|text by|posted by|published by|reported by|author|authors|von|par|por|door|autor"
    r"|autora|auteur|autore|ecrit par|escrito por|scritto da|a cura di|di|av|af|автор|作者|文|記者|yazar|penulis|oleh|tekst|text|texto|texte|testo)\s?[:：]?\W{0,2}$"
)
_SEPARATOR = re.compile(r"\s*[|•·●∙‧‖¦]\s*|\s+[\-–—―/]{1,2}\s+|\s{3,}|\s*[–—―]\s*$|\t")
_TAIL = re.compile(
    r"[\s,|]+(?:(?:last\s)?updated|published|posted|modified|veröffentlicht|aktualisiert|publié|mis à jour|publicado|actualizado|on|am|le|el|il|at|em"
    r"|às|op|den|dnia|in|to|for|under)\s*[:：]?\s*(?:on|am|le|el|at)?$",
    re.IGNORECASE,
)
_SIGNED_CJK = re.compile(
    r"^(?P<place>[\[(【][^\])】]{1,20}[\])】]\s*)?(?P<name>[\uac00-\ud7a3]{2,4}(?:[·,]\s?[\uac00-\ud7a3]{2,4}){0,3})\s?"
    r"(?:선임|인턴|수습|전문|객원)?(?:기자|특파원|논설위원)(?:\s?[=＝|]?\s?[\w.+\-]{0,40}@[\w.\-]{0,40})?$"
    r"|^(?:記者|记者|本报记者|本報記者)\s?(?P<han>[\u4e00-\u9fff]{2,4}(?:[、，]\s?[\u4e00-\u9fff]{2,4}){0,3})(?:[/／]\s?[\u4e00-\u9fff]{2,6})?(?:報導|报道|報道)?$"
)


def parse_byline(text: str, language: str | None = None) -> Byline | None:
    """Read a line that names its author; None if it is anything else.

    :param text: one line; longer than 200 characters is never a byline.
    :param language: BCP 47 tag if known: it rules out openers of other languages ("Von Miller ..." in English) and
        settles the order of day and month.
    """
    if not 3 <= len(text) <= MAX_CHARS or not _worth_a_look(text):
        return None
    signed = _SIGNED_CJK.match(text)
    if signed:
        return Byline(read_credits(signed["name"] or signed["han"]).people)
    text = _parted(text)
    opened = _opener(text, language)
    if opened is not None:
        rest, certain = opened
        lower = not certain and rest[:1].islower() and len(rest.split()) > 3
        return None if lower else _after_opener(rest, language, certain=certain)
    return _without_opener(text, language) if _may_stand_alone(text) else None


def parse_byline_pair(first: str, second: str, language: str | None = None) -> Byline | None:
    """Read a byline printed on two lines: "By" alone, and below it the name, perhaps with role and date."""
    if not is_opener(first) or len(second) > MAX_CHARS:
        return None
    return _after_opener(second, language, certain=False)


def is_opener(text: str) -> bool:
    """Whether the line is only the word before a name: "By", "Von", "Written by:"."""
    return len(text) <= 24 and _OPENER_ALONE.match(fold(text)) is not None


# Elements that a renderer put side by side without a space: "ByJane Doe", "Jane DoeUpdated on".
_GLUED_OPENER = re.compile(r"(?<=^By)(?=[A-Z])|(?<=^by)(?=[A-Z])")
_GLUED = re.compile(
    r"(?<=[a-zß-ÿ])(?=(?:Updated|Published|Posted|Last\s[Uu]pdated|Twitter$|Follow$|Contributor|Staff\sWriter|Korrespondent|Redakteur)(?:\W|on|$))"
    r"|(?<=d on)(?=[A-Z])|(?<=Updated)(?=[A-Z])"
)
_COMMENTS = re.compile(
    r"(?<!\w)(?:\d{1,5}|one|no|leave a|add a)\s(?:comments?|replies|kommentare?|ergänzungen|commentaires?|comentarios?|commenti|reacties)"
    r"(?:\sso\sfar)?(?!\w)",
    re.IGNORECASE,
)
_GLUE = re.compile(r"[a-zß-ÿ][A-Z]")
"""Part of each place that ``_GLUED`` finds."""
_COMMENT_HINTS = ("omment", "comentario", "replies", "reacties")
"""One of these is part of every match of ``_COMMENTS`` in ASCII characters."""
_INNER_OPENER = re.compile(r"(?:^|[|\s])(?:by|von|par|por|door|av|af)\s")
_INNER_HINT = re.compile(r"(?:by|von|par|por|door|av|af)\s")
_TWO_CAPITALS = re.compile(r"[A-Z\x80-\U0010ffff][^A-Z\x80-\U0010ffff]*[A-Z\x80-\U0010ffff]")
"""Part of every name: two letters that may be capitals."""
_HINT_OPENER = re.compile(
    r"^\W{0,3}(?:by|von|vom|par|por|di|door|av|af|przez|od|oleh|de|da|written|words|story|text|posted|published|report|article|post|author|a cura|ein|geschr|veroff|ecrit"
    r"|redig|publi|propos|escr|redac|scri|gesch|gepl|skr|irta|boi|tara|yaz|haber|muha|penulis|autor|auteur|autr|autore|tekst|compi|creat|submit|contrib|interv|analy|opin|comm|essay|review|byline|for|skri|kirj|szerz|tac|dila|redak|redig|kolumne|reportage|bericht|artikel|beitrag|gastbeitrag|komm)"
)
_HINT_SIGN = re.compile(r"[|•·,\-–—/@/／：:=＝]|\d|기자|특파원|[^\x00-\x7f]")
HINTS = (_HINT_OPENER, _OPENER_ALONE, _STRONG, _WEAK, _SIGNED_CJK)
"""A line that is a byline, or opens one, matches one of these, folded, or it has a digit, a role or the word "ago"."""


def _parted(text: str) -> str:
    """``text`` with blanks where elements were put side by side, without the number of comments.

    Few lines have either, and to go through a line for each pattern takes longer than to see that.
    """
    if text[:2] in ("By", "by"):
        text = _GLUED_OPENER.sub(" ", text)
    if _GLUE.search(text) is not None:
        text = _GLUED.sub(" | ", text)
    if not text.isascii() or any(map(text.lower().__contains__, _COMMENT_HINTS)):
        text = _COMMENTS.sub(" ", text)
    return text.strip()


def _worth_a_look(text: str) -> bool:
    """Cheap refusal of most lines: no opener, no separator, no digit."""
    folded = fold(text)
    hinted = _HINT_SIGN.search(folded) is not None or _HINT_OPENER.search(folded) is not None
    return hinted or (len(text) < 60 and is_role(text))


def _opener(text: str, language: str | None) -> tuple[str, bool] | None:
    """What follows "By" or its like, and whether only a byline can begin so."""
    folded = fold(text)
    strong = _STRONG.match(folded)
    if strong:
        return text[strong.end() :], True
    weak = _WEAK.match(folded)
    if weak and _opener_fits(weak["opener"], language):
        return text[weak.end() :], False
    return None


def _may_stand_alone(text: str) -> bool:
    """Cheap refusal of prose: a name, or a date, stands at the front of a byline without an opener."""
    words = text.split()
    if len(words) > 25:
        return False
    if len(words) < 2 or not words[1].islower():
        return True
    return _INNER_OPENER.search(fold(text)) is not None or looks_like_name(" ".join(words[:4]))


def _opener_fits(opener: str, language: str | None) -> bool:
    if opener not in _WEAK_LANGUAGES:
        return True
    languages = _WEAK_LANGUAGES[opener]
    if languages is None:
        return True
    if language is None:
        return opener not in ("de", "da", "od", "irta")
    return language.split("-")[0].lower() in languages.split()


def _after_opener(text: str, language: str | None, *, certain: bool) -> Byline | None:
    rest, line = take_dates(strip_reading_time(text), language)
    named = _credits(rest, language)
    if named is None:
        return None
    people, organisations = named.people, named.organisations
    if people and all(_is_title_case(part) for part in named.unknown[:3]) and len(named.unknown) <= 2:
        return _byline(people, organisations, line)  # "Jane Doe, Home Security Expert": what she is, in odd words
    if named.unknown:
        # "Author: Moonwalker", "Posted by jane_d on ...": one odd word may sign after a certain opener.
        only = len(named.unknown) == 1 and not people and len(named.unknown[0].split()) <= 2
        single = named.unknown[0]
        if not (only and (certain or line is not None) and _may_sign(single)):
            return None
        people = (single,)
    if not people and not organisations:
        return None
    if not people and not certain and line is None and not _is_plain_organisation(organisations):
        return None
    return _byline(people, organisations, line)


def _byline(people: tuple[str, ...], organisations: tuple[str, ...], line: DateLine | None) -> Byline:
    line = line or DateLine()
    return Byline(people, line.published, line.updated, organisations)


def _without_opener(text: str, language: str | None) -> Byline | None:
    """ "Jane Doe • 4 min read", "JANE DOE, STAFF WRITER", "May 24, 2022 by Jane Doe"."""
    if not may_hold_date(text) and not is_role(text):
        return None  # neither date nor reading time nor role: no evidence
    if _TWO_CAPITALS.search(text) is None and _INNER_HINT.search(fold(text)) is None:
        return None  # neither a name nor an opener before one
    without_time = strip_reading_time(text)
    rest, line = take_dates(without_time, language)
    evidence = line is not None or without_time != text
    folded = fold(rest)
    inner = _INNER_OPENER.search(folded) if evidence else None
    if inner is not None:
        after = _after_opener(rest[inner.end() :], language, certain=False)
        fits = after is not None and _only_date_words(rest[: inner.start()])
        return _byline(after.authors, after.organisations, line) if after is not None and fits else None
    first = re.split(r"[|•·,\-–—/@]", rest.strip(" |"), maxsplit=1)[0]
    names = re.split(r"\s(?:and|und|et|y|e|en|och|og)\s|&", first)
    words = first.split()
    named_first = any(looks_like_name(name.strip()) for name in names) or (
        len(words) <= 6 and any(looks_like_name(" ".join(words[:count])) for count in (2, 3))
    )
    named = _credits(rest, language) if named_first and (evidence or is_role(rest)) else None
    if named is None or named.unknown or not 1 <= len(named.people) <= 4 or not (evidence or named.roles):
        return None
    return _byline(named.people, named.organisations, line)


def _credits(text: str, language: str | None) -> Credits | None:
    """People, organisations and roles in all segments of ``text``; None if a segment is prose."""
    people: list[str] = []
    organisations: list[str] = []
    unknown: list[str] = []
    roles = False
    code = language.split("-")[0].lower() if language else None
    for segment in _SEPARATOR.split(text):
        bare = segment.strip(" ,;:.")
        while (shorter := _TAIL.sub("", " " + bare).strip()) != bare:
            bare = shorter
        bare = _strip_inner_by(bare)
        if not bare or _only_date_words(bare):
            continue
        if len(bare) > 120 or re.search(r"[?!:;](?:\s|$)|[a-z]{3}\.\s", bare):
            return None
        named = read_credits(bare, code)
        people += [name for name in named.people if name not in people]
        organisations += named.organisations
        unknown += named.unknown
        roles = roles or named.roles
    return Credits(tuple(people), tuple(organisations), roles, tuple(unknown))


def _strip_inner_by(segment: str) -> str:
    return re.sub(r"^(?:by|By|BY)\s+", "", segment)


def _only_date_words(text: str) -> bool:
    """Whether ``text`` consists of words like "Published on", with or without a time."""
    bare = text.strip(" |,;:.-–—()")
    if not bare:
        return True
    # A date line with a date in place of what was taken out: then only the words decide.
    line: DateLine | None = parse_date_line(f"{bare} 2000-01-01") if len(bare) < 60 else None
    return line is not None


def _is_title_case(part: str) -> bool:
    """Whether ``part`` is no prose: up to six words, with capitals but for short ones."""
    words = part.split()
    return len(words) <= 6 and all(word[0].isupper() or len(word) <= 3 for word in words)


def _may_sign(word: str) -> bool:
    letters = word.replace(" ", "").replace("_", "").replace("-", "").replace(".", "").replace("'", "")
    return 2 <= len(letters) <= 30 and letters.isalnum() and not letters.isdigit()


def _is_plain_organisation(organisations: tuple[str, ...]) -> bool:
    """ "By Reuters", "By Staff", "By The Associated Press" sign; "By the end" does not."""
    return all(
        is_organisation(name) and (name[0].isupper() or len(name.split()) == 1) and not re.match(r"the\s[a-z]", name)
        and sum(word[0].islower() for word in name.split()) <= 1
        and len(name.split()) <= 5
        for name in organisations
    )  # fmt: skip
