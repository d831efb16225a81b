"""Wire copy: the news agency that a text names as its source.

Three places name it: the dateline that opens the text ("LONDON (Reuters) - ", "Berlin (dpa) - ", "(AP) —"), the
byline ("By AFP"), and the credit that closes it ("(dpa)", "© AFP", "Source: Xinhua", "dpa/afp"). An agency mentioned
in a sentence ("told Reuters") is no source of the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAMES = {
    "AAP": "AAP|Australian Associated Press",
    "AFP": "AFP|Agence France[- ]Presse",
    "AGI": "AGI",
    "ANI": "ANI",
    "ANSA": "ANSA",
    "AP": r"AP|A\.P\.|(?:The )?Associated Press",
    "APA": "APA",
    "Belga": "Belga|BELGA",
    "Bloomberg": "Bloomberg(?: News)?",
    "CNA": "CNA",
    "CP": "The Canadian Press|Canadian Press",
    "dpa": "dpa|DPA|Deutsche Presse-Agentur",
    "EFE": "EFE|Agencia EFE",
    "Europa Press": "Europa Press|EUROPA PRESS",
    "IANS": "IANS",
    "Interfax": "Interfax|Интерфакс",
    "Jiji": "Jiji Press|時事通信(?:社)?|時事",
    "Keystone-SDA": "Keystone-SDA|sda|SDA|ATS",
    "Kyodo": "Kyodo(?: News)?|共同通信(?:社)?|共同",
    "Lusa": "Lusa|LUSA",
    "NTB": "NTB",
    "PA": "PA Media|Press Association",
    "PAP": "PAP",
    "PTI": "PTI|Press Trust of India",
    "Reuters": "Reuters|REUTERS|Рейтер|ロイター|路透社?",
    "RIA Novosti": "RIA Novosti|РИА Новости",
    "Ritzau": "Ritzau|RITZAU",
    "STT": "STT",
    "TASS": "TASS|ТАСС",
    "TT": "TT",
    "Ukrinform": "Ukrinform|Укрінформ",
    "UPI": "UPI",
    "Xinhua": "Xinhua|新华社|新華社",
    "Yonhap": "Yonhap|연합뉴스",
}  # fmt: skip
"""Name of each agency as it is stored, and how texts print it; letters of short names as printed, never folded."""

_ANY = "|".join(f"(?P<a{number}>{names})" for number, names in enumerate(_NAMES.values()))
_STORED = tuple(_NAMES)
_SITES = r"(?:[/,&-]| and | und | et | y )?[\w. /,&-]{0,40}"

# Up to 60 characters of place and date, then the agency in brackets or before a dash.
_DATELINE = re.compile(
    rf"^[^\n()（）【】!?]{{0,60}}(?:\((?:{_ANY})(?:\s?[/,&-]\s?[\w./ -]{{1,30}})?\)\s*\.?\s*(?:[-–—:]|$)"
    rf"|[（【](?:{_ANY.replace('?P<a', '?P<b')})[^）】]{{0,20}}[）】])"
)
_DATELINE_DASH = re.compile(rf"^(?:[^\W\d_][^\n().!?:–—]{{0,50}},\s*)?(?:{_ANY})\s*(?:[–—]|-{{1,2}}\s|:\s)")
_SIGN = r"(?:©|\(c\)|[Ss]ource|Quelle|Fuente|Fonte|Źródło|Источник|来源|Copyright)\s?:?\s*(?:20\d\d\s+)?"
_CREDIT = re.compile(
    rf"(?:^|[\s.!?”\"»])(?:[(（\[]\s*(?:{_ANY}){_SITES}[)）\]]"
    rf"|{_SIGN}(?:{_ANY.replace('?P<a', '?P<b')}){_SITES})"
    r"\s*\.?\s*$"
)
_ALONE = re.compile(
    rf"^(?:(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Aa]v)\s+)?(?:{_ANY})(?:\s*[/,|+&-]\s*[\w .]{{2,30}}){{0,3}}\s*\.?$"
)

_OPENING_CHARS = 160
_CLOSING_CHARS = 160
_CREDIT_CHARS = 120


def agency(paragraphs: Sequence[str], signed: Iterable[str] = ()) -> str | None:
    """The agency a text is from, by its usual short name, or None where none is named.

    :param paragraphs: the body, in order
    :param signed: bylines and names of authors
    """
    for credit in signed:
        if len(credit) <= _CREDIT_CHARS and (found := _named(_ALONE.match(credit.strip()))):
            return found
    if not paragraphs:
        return None
    first = paragraphs[0][:_OPENING_CHARS]
    for pattern in (_DATELINE, _DATELINE_DASH):
        if found := _named(pattern.match(first)):
            return found
    last = paragraphs[-1].strip()
    return _named(_ALONE.match(last) if len(last) <= _CREDIT_CHARS else None) or _named(
        _CREDIT.search(last[-_CLOSING_CHARS:])
    )


def _named(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    return next(_STORED[int(group[1:])] for group, text in match.groupdict().items() if text is not None)
