"""What reads like prose and is no part of the article: author boxes, appeals for money, teasers in the text.

Full sentences after the article's end are the largest leak of every method that looks at lines one by one. What gives
them away is what sites put around them: the name that stands alone above a biography, the vocabulary of donation
appeals, the word "Related:" above a headline.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline.label.rules import is_signed_post, key
from pipeline.metadata.bylines import is_opener, parse_byline
from pipeline.metadata.names import looks_like_name
from pipeline.records import Kind

if TYPE_CHECKING:
    from pipeline.label.features import Bools
    from pipeline.label.sheet import Sheet

Verdict = tuple[Kind, str]

_BOX_SHARE: Final = 0.75
"""An author box stands below at least this share of the kept text; one further up introduces the article."""
_APPEAL_SHARE: Final = 0.5
_BOX_LINES: Final = 3
"""The biography begins at most so many lines below the name."""
_NAME_WIDTH: Final = 60
_PROSE_WIDTH: Final = 40
_CUES: Final = re.compile(
    r"\b(?:donat(?:e|es|ion|ions|ing)|(?:make|making|consider) a (?:tax-deductible )?(?:contribution|gift)|"
    r"non-?profit|independent (?:journalism|media|news|newsroom|organi[sz]ation)|reader[- ]supported|readers? like you|"
    r"support (?:us|our|from our readers|of (?:our )?readers)|your support|help (?:us|to) (?:keep|continue|amplify)|"
    r"(?:become|becoming) a (?:member|supporter|patron|subscriber)|outside funding|crowdfund\w*|patreon|paypal|"
    r"(?:rely|depend|relies|depends) on (?:your|our|the support|readers|donations|people like you)|"
    r"spende[nt]?|unterstützen sie|unterstützung unserer leser|faites un don|vos dons|soutenez|"
    r"haz(?:te)? (?:una donación|socio)|dona(?:ci[oó]n|zione))\b",
    re.IGNORECASE,
)
_OWN: Final = re.compile(r"\b(?:we|our|us|wir|uns\w*|nous|notre|nuestr[oa]s?|noi|nostr[oa])\b", re.IGNORECASE)
_APPEAL_CUES: Final = 2
"""Different cues that make a paragraph an appeal; the site must speak of itself in it as well."""
_TEASER: Final = frozenset(
    """
    related
    related story
    related stories
    related article
    related articles
    related content
    related coverage
    related reading
    read more
    read also
    also read
    see also
    more on this
    more on this story
    don't miss
    recommended
    lesen sie auch
    mehr zum thema
    lire aussi
    à lire aussi
    lee también
    leia também
    leggi anche
    lees ook
    czytaj też
    zobacz też
    читайте также
    ilgili haber
    """.strip().splitlines()
)
_WRITTEN_BY: Final = frozenset(
    {
        "written by",
        "about the author",
        "about the authors",
        "about the writer",
        "author",
        "about author",
        "meet the author",
        "author bio",
        "über den autor",
        "über die autorin",
        "à propos de l'auteur",
        "sobre el autor",
        "sobre la autora",
    }
)
_CREDIT: Final = re.compile(
    r"[(\[](?:(?:photo|image|picture|video|illustration) ?(?:credits?|courtesy(?: of)?|source|by)|"
    r"credits?|courtesy(?: of)?|source)\s?:? [^()\[\]]{2,80}[)\]]\s*$|"
    r"[.!?]\s(?:photo|image|picture)?\s?(?:credits?|courtesy|source|photograph)\s?: [^.]{2,80}\.?\s*\S{0,3}$",
    re.IGNORECASE,
)
_CREDIT_AT_END: Final = re.compile(
    r"[^\s:,;]\s[(\[|]?\s?"
    r"(?:(?:photo(?:graph|graphy)?|image|picture|illustration|foto|bild|grafik|imagen|immagine|fotografía|beeld)s?"
    r"\s?(?:credits?|by|courtesy(?: of)?|source)?|crédits?(?: photo)?|credits?|bildnachweis|fotocredit)"
    r"\s?[:©]\s?[^\s:][^:!?]{1,90}$",
    re.IGNORECASE,
)
"""``What the picture shows. Photo: NAME``: of 79 lines of the bench that the network keeps, 77 are no body text."""
_CREDIT_WIDTH: Final = 420
_CAPTION_CHANCE: Final = 0.4
"""Of the kept lines to which the network gives this probability of a caption, three in four are chrome."""
_CAPTION_WIDTH: Final = 300
_END_SHARES: Final = {
    "comment_form": 0.5,
    "comment_controls": 0.5,
    "about_author": 0.6,
    "related_heading": 0.8,
    "copyright": 0.8,
    "appeal": 0.95,
    "newsletter": 0.95,
    "share_buttons": 0.95,
}
"""Rules whose lines end the article where at least this share of the kept text stands above them. Measured on articles
and news of the bench: of what was kept below such lines .84 to 1.0 is chrome, lower down more. Higher up they say
nothing: buttons and boxes stand between paragraphs."""
_FORUM_LINES: Final = 2
"""So many controls of comments inside the text make it a forum's thread, where replies are the text."""
_ASIDES: Final = frozenset(
    line.strip()
    for line in """
    like
    dislike
    quote
    report
    flag
    reply
    antworten
    responder
    add a comment
    click to expand
    oldest first
    newest first
    """.strip().splitlines()
)
"""Buttons inside forum threads, some of them also words of headings: they do not end a text."""


def tail_verdicts(sheet: Sheet) -> dict[int, Verdict]:
    """Kind and reason of kept lines that are no body all the same, and of the names above biographies."""
    found: dict[int, Verdict] = {}
    sums = np.zeros(len(sheet) + 1)
    np.cumsum(sheet.widths * sheet.keeps, out=sums[1:])
    total = float(sums[-1])
    talk = 0
    boxed = sheet.once(_above_person)
    for index in _worth_a_look(sheet, boxed & (sums[:-1] >= _BOX_SHARE * total)):
        above = float(sums[index])
        end: Verdict | None = None
        fit = sheet.fits[index]
        if fit is not None and not sheet.bare:
            is_talk = fit.kind is Kind.COMMENTS
            if above >= _END_SHARES.get(fit.name, 2.0) * total and not (is_talk and talk >= _FORUM_LINES):
                end = _end(sheet, index)
            talk += is_talk and above > 0.0
        if sheet.keep[index] and index not in found and not sheet.bare and sheet.loose[index]:
            if (
                sheet.may("inline_credit", index)
                and sheet.width[index] <= _CREDIT_WIDTH
                and sheet.once(_ends_with_credit, index)
            ):
                found[index] = (Kind.CAPTION, "rule:caption_with_credit")
            elif above >= _APPEAL_SHARE * total and sheet.may("asks_money", index) and sheet.once(_is_appeal, index):
                found[index] = (Kind.APPEAL, "rule:appeal_in_prose")
            elif sheet.width[index] <= _CAPTION_WIDTH and sheet.chance(index, Kind.CAPTION) >= _CAPTION_CHANCE:
                found[index] = (Kind.CAPTION, "model")
            elif index + 1 < len(sheet) and _is_signed_post(sheet, index + 1):
                found[index] = (Kind.EMBED, "rule:embedded_post")
            elif sheet.may("teaser", index):
                found |= _teaser(sheet, index)
        if boxed[index] and above >= _BOX_SHARE * total and (box := _author_box(sheet, index)):
            found |= box
            found |= {
                below: (Kind.RELATED, "rule:below_author_box")
                for below in range(max(box) + 1, len(sheet))
                if sheet.keep[below]
            }
            break
        if end is not None:
            found |= {below: end for below in range(index + 1, len(sheet)) if sheet.keep[below]}
            break
    return found


def _above_person(sheet: Sheet) -> Bools:
    """Whether a line that may be on a person stands at most ``_BOX_LINES`` below each line; (n,)."""
    person = sheet.chosen("person")
    above = np.zeros(len(sheet), dtype=np.bool_)
    for step in range(1, _BOX_LINES + 1):
        above[:-step] |= person[step:]
    return above


def _worth_a_look(sheet: Sheet, boxed: Bools) -> list[int]:
    """Lines of a rule, near the end above a person, or kept and of some suspicion: nothing follows from any other."""
    chosen = sheet.once(_suspicious) & sheet.keeps
    chosen[sheet.ruled] = True
    found: list[int] = np.flatnonzero(chosen | boxed).tolist()
    return found


def _suspicious(sheet: Sheet) -> Bools:
    """Whether a line, if it is kept, may be a credit, an appeal, a teaser, a caption, or stand above a post; (n,)."""
    found = sheet.chosen("inline_credit", "asks_money", "teaser") | sheet.likely(Kind.CAPTION, _CAPTION_CHANCE)
    found[:-1] |= sheet.chosen("signed_post")[1:]
    return found


def _is_signed_post(sheet: Sheet, index: int) -> bool:
    return sheet.may("signed_post", index) and is_signed_post(sheet.texts[index])


def _end(sheet: Sheet, index: int) -> Verdict | None:
    """What stands below a line that ends the article: of its kind, or teasers."""
    fit = sheet.fits[index]
    if fit is None or sheet.keep[index] or key(sheet.texts[index]) in _ASIDES:
        return None
    kind = fit.kind if fit.kind in {Kind.COMMENTS, Kind.RELATED} else Kind.RELATED
    return kind, f"rule:below_{fit.name}"


def is_appeal(text: str) -> bool:
    """Whether a paragraph asks for money or membership: two different cues, and a site that speaks of itself."""
    if _OWN.search(text) is None:
        return False
    return len({match.group().casefold() for match in _CUES.finditer(text)}) >= _APPEAL_CUES


def _is_appeal(sheet: Sheet, index: int) -> bool:
    return is_appeal(sheet.texts[index])


def _ends_with_credit(sheet: Sheet, index: int) -> bool:
    text = sheet.texts[index]
    return _CREDIT.search(text) is not None or _CREDIT_AT_END.search(text) is not None


def _teaser(sheet: Sheet, index: int) -> dict[int, Verdict]:
    """``Related:`` and the headline below it."""
    text = sheet.texts[index]
    if key(text) not in _TEASER or index + 1 >= len(sheet):
        return {}
    below = index + 1
    found: dict[int, Verdict] = {index: (Kind.RELATED, "rule:teaser")}
    if sheet.width[below] <= 160 and not sheet.texts[below].endswith((".", "。")):
        found[below] = (Kind.RELATED, "rule:teaser")
    return found


def _author_box(sheet: Sheet, index: int) -> dict[int, Verdict]:
    """A name alone above a paragraph that begins with it, or "Written by" above a paragraph on a person."""
    text = _bare(sheet, index)
    if sheet.width[index] > _NAME_WIDTH or not _person_below(sheet, index):
        return {}
    opens = key(text) in _WRITTEN_BY or is_opener(text)
    is_name = looks_like_name(text)
    name = text if is_name else sheet.once(_signed_name, index)
    if not (opens or name):
        return {}
    for below in range(index + 1, min(index + 1 + _BOX_LINES, len(sheet))):
        prose = sheet.width[below] >= _PROSE_WIDTH
        if not prose and opens and looks_like_name(sheet.texts[below]):
            name = sheet.texts[below]
        elif prose:
            if not _is_biography(sheet.texts[below], name, opens=opens):
                return {}
            box = dict.fromkeys(range(index, below + 1), (Kind.AUTHOR_BIO, "rule:author_box"))
            if is_name:
                box[index] = (Kind.BYLINE, "rule:author_box")
            return box
    return {}


def _bare(sheet: Sheet, index: int) -> str:
    return sheet.texts[index].strip("•*-–·|+ ")


def _signed_name(sheet: Sheet, index: int) -> str:
    """The first author whom a byline names, if it is one."""
    byline = parse_byline(_bare(sheet, index))
    return byline.authors[0] if byline and byline.authors else ""


def _person_below(sheet: Sheet, index: int) -> bool:
    """Whether the paragraph below, which decides, may be on a person: asked first, since names are dear to read."""
    for step in range(index + 1, min(index + 1 + _BOX_LINES, len(sheet))):
        if sheet.width[step] >= _PROSE_WIDTH:
            return sheet.may("person", step)
    return False


_PERSON: Final = re.compile(
    r"\b(?:writers?|writes|wrote|journalists?|journalism|reporters?|reporting|reports|editors?|edits|authors?|blogg?er|"
    r"correspondent|columnist|contributors?|freelancer?|graduated?|graduate|student|phd|ph\.d|professor|lecturer|"
    r"photographer|covers|covering|degree|boomer|millennial|"
    r"autor(?:in|a)?|redakteur(?:in)?|journalist(?:in)?|schreibt|studierte|rédact(?:eur|rice)|"
    r"periodista|escribe|redactor(?:a)?|giornalista|scrive|jornalista|escreve|redacteur|dziennikar(?:z|ka))\b",
    re.IGNORECASE,
)
"""What biographies of authors say of them, in their first sentences."""
_BIO_START: Final = 250


def _is_biography(text: str, name: str, *, opens: bool) -> bool:
    """Whether a paragraph presents an author: it begins with the name (below "Written by", it need not)."""
    if _PERSON.search(text[:_BIO_START]) is None:
        return opens and not name and _OPENS_PERSON.match(text) is not None
    first = text.split(maxsplit=1)[0].strip(",.").casefold() if text else ""
    if name:
        return first in {word.casefold() for word in name.split()[:2]}
    return opens


_OPENS_PERSON: Final = re.compile(r"(?:[A-Z][\w'’.-]+ ){1,3}is an? \w+")

PATTERNS: Final = {
    "asks_money": (_CUES,),
    "inline_credit": (_CREDIT, _CREDIT_AT_END),
    "person": (_PERSON, _OPENS_PERSON),
}
"""What ``screen`` looks for, so that these are tried on few lines; by the name under which a sheet is asked."""
WHOLE: Final = {"teaser": _TEASER, "written_by": _WRITTEN_BY}
