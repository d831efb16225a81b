# ruff: noqa: E501 - patterns and word lists, one language a line
"""Lines that say when an article was published or updated, and the moments they name.

A line is a date line only if *all* of it is understood: dates, times, zones, weekdays, and the words that sites put
around them ("Last updated on", "Veröffentlicht am", "更新"). One word too many and it is prose. Nothing is guessed:
a day without a year, a relative time and an ambiguous 05/06/2022 are recognised but give no value, and no clock is
ever read, so the same line always gives the same answer.

Written by hand over regular expressions rather than with ``dateparser``: that fills in missing parts from today's
date, costs some 300 µs a line and finds dates in ordinary words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Literal

from pipeline.metadata.months import fold, month_numbers, weekday_names, word_set

MAX_CHARS = 200
"""A date line is short; anything longer is not looked at."""
_YEARS = range(1800, 2101)


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a date line says. Both absent: it is one, but gives no full, unambiguous date."""

    published: str | None = None
    updated: str | None = None


@dataclass(frozen=True, slots=True)
class _Item:
    """One understood piece of a line: ``[start, end)`` in it, and what it is."""

    start: int
    end: int
    what: Literal["date", "time", "published", "updated"]
    day: date | None = None
    clock: str = ""
    """``14:36`` or ``14:36:20``, with zone if known."""


# Order of day and month in 05/06/2022 by language (CLDR short formats). English has both: only a region decides.
_DAY_FIRST = word_set(
    "de fr es it pt nl pl tr sv da no nb nn fi cs sk ro ru uk el ar he hi id vi bg hr sr sl et lv ca gl"
)
_YEAR_FIRST = word_set("hu ja ko zh lt mn eu")
_DAY_FIRST_REGIONS = word_set("gb uk au nz ie in za sg my ng ke pk")
_MONTH_FIRST_REGIONS = frozenset({"us"})

# Fixed offsets only. IST, AST and CST (in a line without a city) mean several zones, ET and PT change with the
# season: such a name is understood and the time is kept without a zone.
_OFFSETS = {
    "utc": "Z", "gmt": "Z", "z": "Z", "wet": "Z", "ut": "Z",
    "est": "-05:00", "edt": "-04:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00",
    "pst": "-08:00", "pdt": "-07:00", "akst": "-09:00", "akdt": "-08:00",
    "bst": "+01:00", "cet": "+01:00", "mez": "+01:00", "cest": "+02:00", "mesz": "+02:00", "west": "+01:00",
    "eet": "+02:00", "eest": "+03:00", "msk": "+03:00", "trt": "+03:00", "sast": "+02:00", "eat": "+03:00",
    "jst": "+09:00", "kst": "+09:00", "hkt": "+08:00", "sgt": "+08:00", "wib": "+07:00", "pkt": "+05:00",
    "aest": "+10:00", "aedt": "+11:00", "nzst": "+12:00", "nzdt": "+13:00",
}  # fmt: skip
_VAGUE_ZONES = frozenset({"et", "pt", "ct", "mt", "cst", "ist", "ast", "wat", "cat"})

_WORD = r"[^\W\d_]{1,16}"
_ZONE = (
    r"(?:\s*\(?\s*(?P<zone>(?:utc|gmt)\s*[+\-−]\s*\d{1,2}(?::?\d{2})?|[+\-−]\d{2}:?\d{2}|"
    + "|".join(sorted(_OFFSETS | dict.fromkeys(_VAGUE_ZONES, ""), key=lambda z: (-len(z), z)))
    + r")(?![\w+])\s*\)?)?"
)
_CLOCK = re.compile(
    r"(?<![\w:])"
    r"(?P<before>午前|午後|上午|下午|오전|오후|am|pm)?\s*"
    r"(?:(?P<h>\d{1,2})(?:\s*(?:[:時时点點시]|시\s)\s*|\s?h\s?|\s?(?:uhr|std)\s?|(?P<dot>\.))"
    r"(?P<m>\d{2})(?:(?:[:.]|分|분)(?P<s>\d{2})(?:[.,]\d{1,9})?)?(?!\d)\s?[分분]?\s?(?:(?:h(?:rs)?|uhr)\b\.?)?"
    r"|(?P<h2>\d{1,2})(?:\s?h\b|\s?uhr|\s?[時时点點시]|(?=\s?[ap]\.?m\b)))"
    r"(?:\s?(?P<after>[ap]\.?\s?m)(?![^\W\d])\.?)?" + _ZONE
)

_ISO = re.compile(
    r"(?<![\w.\-/])(?P<y>\d{4})-(?P<mo>\d{2})-(?P<d>\d{2})"
    r"(?:[t ]\s*(?P<h>\d{2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?" + _ZONE + r")?(?![\w\-/])"
)
_YMD = re.compile(
    r"(?<![\w.\-/])(?P<y>\d{4})(?:\s?[年년]\s?|\s?[./\-]\s?)(?P<mo>\d{1,2})(?:\s?[月월]\s?|\s?[./\-]\s?)"
    r"(?P<d>\d{1,2})(?!\d)(?:\s?[日일號号]|\.(?!\d))?"
)
_NUMERIC = re.compile(
    r"(?<![\w.\-/])(?P<a>\d{1,2})(?P<sep>\.\s?|/|-)(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})(?![\d/\-])"
)
_DMY = re.compile(
    rf"(?<![\w.\-/])(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|[ºª.])?[ .,\-/]{{0,2}}(?:(?:de|of|d'|la|do)\s)?(?P<mo>{_WORD})"
    rf"(?:\s?/\s?{_WORD})?[.,]{{0,2}}[ ./\-]?(?:(?:de|del|do|of)\s)?,?\s?(?P<y>\d{{4}})(?!\d)"
    r"(?:\s?(?:года?|року|г|р)\b\.?)?"
)
_MDY = re.compile(
    rf"(?<!\w)(?P<mo>{_WORD})[. ,\-/]{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s?[,.\-/]?\s?(?P<y>\d{{4}})(?!\d)"
)
_YEAR_WORDS = re.compile(rf"(?<![\w.\-/])(?P<y>\d{{4}})[.,]?\s?(?P<mo>{_WORD})[. ]{{1,2}}(?P<d>\d{{1,2}})(?!\d)\.?")
_VIETNAMESE = re.compile(r"(?<!\w)(?P<d>\d{1,2})\s(?:thang|thg)\s(?P<mo>\d{1,2})\s?,?\s?(?:nam\s)?(?P<y>\d{4})(?!\d)")
# Without a year: understood where nothing better stands in the line, but no value.
_PARTIAL = re.compile(
    rf"(?<![\w.\-/])(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[ .]{{1,2}}(?:de\s)?(?P<mo>{_WORD})"
    rf"|(?P<mo2>{_WORD})[. ]{{1,2}}(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?|(?P<mo3>\d{{1,2}})\s?[月월]\s?(?P<d3>\d{{1,2}})\s?[日일])(?![\w/\-])"
)

_UNIT = (
    r"(?:s|sec|secs|min|mins|m|h|hr|hrs|d|second|minute|hour|day|week|month|year|"
    r"sekunde|stunde|tag|woche|monat|jahr|seconde|heure|jour|semaine|mois|an|"
    r"segundo|minuto|hora|dia|semana|mes|mese|ano|secondo|ora|ore|giorno|giorni|settimana|mesi|anno|anni|minuti|"
    r"minuut|minuten|uur|uren|dag|dagen|dage|week|weken|maand|maanden|jaar|"
    r"minut|minuty|minute|godzin|godziny|dni|dzien|dakika|saat|gun|hafta|ay|"
    r"minuter|timme|timmar|minutter|time|timer|timar|uge|uger|uke|uker|"
    r"minuuttia|tuntia|tunti|paivaa|paiva|hodin|hodiny|hodinami|minutami|dny|"
    r"perce|oraja|napja|минуты?|минут|часа?|часов|дня|дней|день|хвилин|годин|годину|λεπτα|ωρες|ωρα|ημερες|"
    r"jam|menit|hari|phut|gio|ngay)(?:s|n|en|e)?"
)
_NUMERAL = r"(?:\d{1,3}|an?|one|two|three|einer?|einem|une?|un|una|uma|ein)"
_RELATIVE = re.compile(
    rf"(?<!\w)(?:{_NUMERAL}\s?{_UNIT}(?:\s?,?\s(?:and\s)?\d{{1,2}}\s?{_UNIT})?\s"
    r"(?:ago|fa|geleden|temu|once|sedan|siden|sitten|atras|назад|тому|тому назад|πριν|lalu|yang lalu|truoc)"
    rf"|(?:vor|il y a|hace|ha|pred|acum|לפני|منذ|πριν(?: απο)?|for)\s{_NUMERAL}\s{_UNIT}(?:\ssiden)?"
    r"|\d{1,3}\s?(?:秒|分|分钟|分鐘|時間|小时|小時|日|天|週間|周|ヶ月|か月|个月|個月|月|年)前|\d{1,3}\s?(?:초|분|시간|일|주|개월)\s?전"
    r"|(?:yesterday|today|gestern|heute|hier|aujourd'hui|ayer|hoy|ieri|oggi|ontem|hoje|gisteren|vandaag|igar|idag|i dag|i gar"
    r"|вчера|сегодня|wczoraj|dzisiaj|dzis|bugun|dun|eilen|tanaan)(?=[\s,]{1,3}(?:at |um |a |alle |as |om |kl\.? |o |v |в |klo )?\d{1,2}[:.h]))(?!\w)"
)
_READ_TIME = re.compile(
    r"(?<!\w)(?:(?:reading time|read time|lesezeit|lesedauer|temps de lecture|tiempo de lectura|tempo di lettura|tempo de leitura|leestijd)"
    r"\s?:?\s?(?:ca\.\s?|approx\.?\s)?\d{1,3}\s?(?:min(?:ut[a-z]{0,3})?\b\.?)?"
    r"|\d{1,3}[\s\-]?min(?:s|ut[a-z]{0,3})?\.?\s(?:read(?:ing)?(?: time)?|lesezeit|lesen|de lecture|de lectura|di lettura|de leitura|leestijd|czytania|lasning|lesetid|luku|okuma)"
    r"|约?\s?\d{1,3}\s?分钟阅读)(?!\w)"
)

_READING = re.compile(r"read|lese|lect|lett|leit|leest")
"""Part of every word of ``_READ_TIME`` that may stand without "min"."""
_YEAR = re.compile(r"\d{4}")
"""Part of every full date but those of digits alone, ..."""
_PARTED = re.compile(r"\d[./-]")
"""... and of those."""

_HOUR = re.compile(r"\d\s*[:.hu時时點点시sap]")
"""Part of every time of day."""

_PUBLISHED = """
published publish pub posted post created written date dated issued released release publication first originally
veroffentlicht erstellt erschienen datum publie publiee cree paru publicado publicada publicacion pubblicato pubblicata
pubblicazione publicacao publicado gepubliceerd geplaatst opublikowano opublikowany dodano data publikacji utworzono
yayinlanma yayin tarihi giris eklenme olusturulma publicerad publicerat publisert publiceret udgivet offentliggjort oprettet
julkaistu publikovano vydano megjelent kozzeteve letrehozva publicat publicata опубликовано дата публикации опубліковано
δημοσιευση δημοσιευτηκε ημερομηνια تاريخ النشر نشر في פורסם תאריך प्रकाशित diterbitkan dipublikasikan terbit dipublish
dang xuat ban fecha
公開 公開日 公開日時 掲載 掲載日 配信 配信日時 発行 投稿 投稿日 日時 입력 등록 발행 게재 작성 기사입력 승인 发布 发表 發布 發表 發佈 刊登 发布时间 發布時間 發佈時間 发表时间 时间 時間 日期 发布于 發佈於 创建时间
"""
_UPDATED = """
updated update upd modified edited revised revision amended aktualisiert aktualisierung anderung geandert bearbeitet stand
maj jour modifie modifiee actualise actualisee actualizado actualizada actualizacion modificado modificada editado aggiornato
aggiornata aggiornamento modificato modifica atualizado atualizada atualizacao bijgewerkt gewijzigd aktualizacja zaktualizowano
guncelleme guncellenme guncellendi uppdaterad uppdaterat oppdatert opdateret paivitetty muokattu aktualizovano upraveno
frissitve frissites modositva actualizat actualizare обновлено изменено обновление оновлено ενημερωση ενημερωθηκε تحديث التحديث
עודכן अपडेटेड अपडेट diperbarui diupdate cap nhat
更新 更新日 更新日時 最終更新 最終更新日 수정 업데이트 최종수정 기사수정 更新时间 更新時間 更新于 更新於 修改 修改时间 最后更新 最近更新
"""
_FILLER = """
on at the last latest in time local and a as alle ore ora um uhr am vom den der dem zuletzt letzte letztes von h hrs hr le la el il a
de du mise mis ligne et derniere dernier e ed ultima ultimo ult em na no às o om op laatst laatste kl klo klockan och og ja sist
senast sidst viimeksi v ve w dnia godz ostatnia son saat в во г год года рік р последнее от στις στο τελευταια اخر في الساعة
ב בשעה ist pukul pada lúc luc ngay vao edt lan cuoi thu tanggal zuerst erstmals das klokken dne hodin hod hrs
nachm vorm clock bei heure minutes gmt poslední posledni utolso
"""


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, Literal["published", "updated", ""]]:
    """Folded word -> what it says about the date beside it."""
    table: dict[str, Literal["published", "updated", ""]] = dict.fromkeys(weekday_names(), "")
    table.update(dict.fromkeys(map(fold, _FILLER.split()), ""))
    table.update(dict.fromkeys(_VAGUE_ZONES, ""))
    table.update(dict.fromkeys(_OFFSETS, ""))
    table.update(dict.fromkeys(map(fold, _PUBLISHED.split()), "published"))
    table.update(dict.fromkeys(map(fold, _UPDATED.split()), "updated"))
    for word in ("first", "data", "fecha", "date", "في", "في", "ban"):
        table[fold(word)] = ""  # stands before either kind of date
    return table


_LEFTOVER = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\S")
_PUNCTUATION = frozenset("|•·-–—−―,.:;/()[]~〜「」【】《》*●○‧∙|➤›»«’‘–:、，。")
_ARABIC_PAIR = re.compile(r"(?<=كانون|تشرين) (?=الثاني|الاول)")
"""The Levant has months of two words; a tatweel makes one word of them, as in the table of months."""


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    """Every Latin word that any pattern here could accept, and some more: a line with another one is prose."""
    accepted = f"{_UNIT} {_RELATIVE.pattern} {_READ_TIME.pattern} am pm thang thg nam"
    words = set(re.findall(r"[^\W\d_]+", accepted))
    words |= {unit + ending for unit in re.findall(r"[^\W\d_]+", _UNIT) for ending in ("s", "n", "en", "e")}
    return frozenset(words | _vocabulary().keys() | month_numbers().keys())


_LATIN_WORD = re.compile(r"[a-z]{3,}")
_LETTERS = re.compile(r"[^\W\d_]+")


def parse_date(text: str, language: str | None = None) -> str | None:
    """The one date, or moment, that ``text`` consists of, in ISO 8601; None if there is none or it is not certain.

    :param language: BCP 47 tag; it, or its region, settles the order of day and month in 05/06/2022.
    """
    line = parse_date_line(text, language)
    return None if line is None else line.published or line.updated


def parse_date_line(text: str, language: str | None = None) -> DateLine | None:
    """What a line says about publication and update; None if it is not a date line, whole.

    :param language: as for ``parse_date``.
    """
    if len(text) > MAX_CHARS or not may_hold_date(text):
        return None
    # Most short lines are prose or menus: one dictionary look-up refuses them before ten patterns are tried.
    known = _known_words()
    for word in _LATIN_WORD.finditer(fold(text)):
        if word[0] not in known and not word[0].startswith("minut"):
            return None
    found = _scan(text, language)
    if found is None:
        return None
    items, spans, folded = found
    labels = _labels(folded, spans)
    if labels is None:
        return None
    has_day = any(item.what == "date" for item in items)
    if not has_day and not _is_stamp(items, labels, folded):
        return None
    return _read(sorted([*items, *labels], key=lambda item: item.start))


def labels_publication(text: str) -> bool:
    """Whether ``text`` begins with a word that calls a date one of publication, and all its words speak of dates.

    ``Published``, ``Veröffentlicht am:``, ``Posted on May 24``; not ``Last updated``, and not a bare date.
    """
    if len(text) > MAX_CHARS:
        return False
    vocabulary, months = _vocabulary(), month_numbers()
    first: str | None = ""
    for found in _LETTERS.finditer(fold(text)):  # one by one: most lines end at the first
        word = found[0]
        said = vocabulary.get(word)
        if said is None and word not in months:
            return False
        first = first or said
        if first not in {"published", ""}:
            return False
    return first == "published"


def _is_stamp(items: list[_Item], labels: list[_Item], folded: str) -> bool:
    """Whether a line with a time but no day says when something was published.

    2:36 may be a film's length, "Monday 9 am - 5 pm" are opening hours.
    """
    if len(items) > 1 and not labels:
        return False
    days = weekday_names()
    if any(word[0] in days and len(word[0]) > 2 for word in _LEFTOVER.finditer(folded)):
        return bool(labels)
    return bool(labels) or any(mark in folded for mark in ("am", "pm", "a.m", "p.m", "uhr"))


HINT = re.compile(r"[0-9]|ago")
"""A line that holds a date, a time of day or a reading time has a digit, folded, or an age."""


def may_hold_date(text: str) -> bool:
    """Cheap refusal of lines without dates, times of day and reading times."""
    return HINT.search(fold(text)) is not None


def take_dates(text: str, language: str | None = None) -> tuple[str, DateLine | None]:
    """``text`` without the dates in it, and what they say: for lines that hold a name as well.

    Each date, with the words such as "Published on" that stand right before it, is replaced by `` | ``.
    """
    found = _scan(text, language)
    if found is None or not any(item.what == "date" for item in found[0]):
        return text, None
    items, spans, folded = found
    vocabulary = _vocabulary()
    pieces: list[str] = []
    labels: list[_Item] = []
    at = 0
    for start, end in spans:
        head = start
        for word in reversed(list(_LEFTOVER.finditer(folded, at, start))):
            said = vocabulary.get(word[0])
            if said is None and word[0] not in _PUNCTUATION:
                break
            if said:
                labels.append(_Item(word.start(), word.end(), said))
            head = word.start()
        pieces.append(text[at:head])
        at = end
    pieces.append(text[at:])
    line = _read(sorted([*items, *labels], key=lambda item: item.start))
    return " | ".join(piece.strip() for piece in pieces if piece.strip()), line


def strip_reading_time(text: str) -> str:
    """``text`` without "4 min read" and its like, replaced by `` | ``."""
    if len(text) > MAX_CHARS:
        return text
    folded = fold(text)
    if not _may_hold_reading_time(folded):
        return text
    spans = [match.span() for match in _READ_TIME.finditer(folded)]
    for start, end in reversed(spans):
        text = f"{text[:start]} | {text[end:]}"
    return text


def _may_hold_reading_time(folded: str) -> bool:
    """Cheap refusal: a reading time has a number, and minutes or one of the words of ``_READ_TIME``."""
    return "min" in folded or "分" in folded or _READING.search(folded) is not None


class _Reading:
    """A line while its pieces are taken out of it one after the other."""

    def __init__(self, folded: str, language: str | None) -> None:
        self.rest = folded
        """What is not understood yet; taken pieces are blank, so that positions stay."""
        self.language = language
        self.items: list[_Item] = []
        self.spans: list[tuple[int, int]] = []

    def take(self, match: re.Match[str], *items: _Item) -> None:
        start, end = match.span()
        self.rest = self.rest[:start] + " " * (end - start) + self.rest[end:]
        self.spans.append((start, end))
        self.items += items

    def take_days(self) -> None:
        """Full dates; where there is none, a day without a year, or "2 hours ago"."""
        for pattern in (_ISO, _YMD, _DMY, _MDY, _VIETNAMESE, _YEAR_WORDS) if _YEAR.search(self.rest) else ():
            for match in pattern.finditer(self.rest):
                month = _month(match["mo"])
                day = _day(int(match["y"]), month, int(match["d"])) if month else None
                if day is not None:
                    clock = _clock_of_iso(match) if pattern is _ISO else ""
                    at = match.end()
                    time_of_day = (_Item(at, at, "time", None, clock),) if clock else ()
                    self.take(match, _Item(*match.span(), "date", day), *time_of_day)
        for match in _NUMERIC.finditer(self.rest) if _PARTED.search(self.rest) else ():
            plausible, day = _numeric(match, self.language)
            if plausible:
                self.take(match, _Item(*match.span(), "date", day))
        if not self.items:
            for match in _PARTIAL.finditer(self.rest):
                month = _month(match["mo"] or match["mo2"] or match["mo3"])
                if month and _day(2000, month, int(match["d"] or match["d2"] or match["d3"])):
                    self.take(match, _Item(*match.span(), "date"))
        for match in _RELATIVE.finditer(self.rest):
            self.take(match, _Item(*match.span(), "date"))

    def take_times(self) -> None:
        for match in _CLOCK.finditer(self.rest) if _HOUR.search(self.rest) else ():
            # 14.36 is a time only beside a date: elsewhere it is a number.
            if match["dot"] and not self.items:
                continue
            half = (match["before"] or match["after"] or "").replace(".", "").replace(" ", "")
            clock = _clock(match["h"] or match["h2"], match["m"] or "00", match["s"], half, match["zone"])
            if clock:
                self.take(match, _Item(*match.span(), "time", None, clock))


def _scan(text: str, language: str | None) -> tuple[list[_Item], list[tuple[int, int]], str] | None:
    """All dates, times and reading times in ``text``: the items, the spans they cover, and the folded text."""
    if len(text) > MAX_CHARS:
        return None
    folded = fold(text)
    if not any(c in folded for c in "0123456789") and "ago" not in folded:
        return None
    folded = _ARABIC_PAIR.sub("\u0640", folded)
    reading = _Reading(folded, language)
    for match in _READ_TIME.finditer(folded) if _may_hold_reading_time(folded) else ():
        reading.take(match)
    reading.take_days()
    reading.take_times()
    return (reading.items, sorted(reading.spans), folded) if reading.items else None


def _labels(folded: str, spans: list[tuple[int, int]]) -> list[_Item] | None:
    """The words between the spans that say what a date is; None if any word is not of a date line."""
    vocabulary = _vocabulary()
    found: list[_Item] = []
    at = 0
    for start, end in [*spans, (len(folded), len(folded))]:
        for word in _LEFTOVER.finditer(folded, at, start):
            said = vocabulary.get(word[0])
            if said:
                found.append(_Item(word.start(), word.end(), said))
            elif said is None and word[0] not in _PUNCTUATION and word[0].isalnum():
                return None
        at = max(at, end)
    return found


def _read(items: list[_Item]) -> DateLine:
    """Give each date its time and its label: "Posted D T | Updated D T", "T, D", "D 公開 D 更新"."""
    values: dict[str, str] = {}
    label_first = not items or items[0].what != "date" or items[-1].what not in ("published", "updated")
    used: set[int] = set()
    for at, item in enumerate(items):
        if item.what != "date":
            continue
        clock = ""
        for beside in (at + 1, at - 1):
            if 0 <= beside < len(items) and beside not in used and items[beside].what == "time":
                used.add(beside)
                clock = items[beside].clock
                break
        label = "published"
        for near in reversed(items[:at]) if label_first else items[at + 1 :]:
            if near.what in ("published", "updated"):
                label = near.what
                break
            if near.what == "date":
                break
        if item.day is not None:
            values.setdefault(label, item.day.isoformat() + (f"T{clock}" if clock else ""))
    return DateLine(values.get("published"), values.get("updated"))


def _month(name: str) -> int | None:
    return int(name) if name.isdigit() else month_numbers().get(name)


def _day(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _numeric(match: re.Match[str], language: str | None) -> tuple[bool, date | None]:
    """Read d.m.y, d/m/y or m/d/y: whether it can be a date at all, and the date where the order is certain."""
    a, b = int(match["a"]), int(match["b"])
    year = int(match["y"])
    dotted = match["sep"].startswith(".")
    order = _order(language)
    if len(match["y"]) == 2:
        # POSIX strptime's window, without its upper part: sites did not print dates before 1995.
        year += 2000 if year < 69 else 1900
        if order == "year":
            return _day(2000 + a, b, int(match["y"])) is not None, None
    day_first, month_first = _day(year, b, a), _day(year, a, b)
    if day_first is None and month_first is None:
        return False, None
    # No locale of CLDR writes the month first with full stops.
    if dotted and day_first is not None and order != "year":
        return True, day_first
    if day_first is None or month_first is None or a == b:
        # Of 22/05/24 every part could be the year.
        certain = len(match["y"]) == 4 or (order in ("day", "month"))
        return True, (day_first or month_first) if certain else None
    return True, {"day": day_first, "month": month_first}.get(order)


def _order(language: str | None) -> str:
    if not language:
        return ""
    parts = re.split(r"[-_]", language.lower())
    if parts[0] in _DAY_FIRST:
        return "day"
    if parts[0] in _YEAR_FIRST:
        return "year"
    if parts[-1] in _DAY_FIRST_REGIONS:
        return "day"
    return "month" if parts[-1] in _MONTH_FIRST_REGIONS and len(parts) > 1 else ""


_AFTER_NOON = frozenset({"pm", "午後", "下午", "오후"})


def _clock(hour_text: str, minute_text: str, second_text: str | None, half: str, zone: str | None) -> str:
    """``HH:MM[:SS][zone]``, or nothing if it is no time of day."""
    hour = int(hour_text)
    if half:
        if not 0 <= hour <= 12 and half in ("am", "pm"):
            return ""
        if half in _AFTER_NOON:
            hour = hour + 12 if hour < 12 else hour
        elif hour == 12:
            hour = 0
    try:
        moment = time(hour, int(minute_text), int(second_text or 0))
    except ValueError:
        return ""
    text = moment.isoformat("seconds" if second_text else "minutes")
    return text + _offset(zone)


def _clock_of_iso(match: re.Match[str]) -> str:
    return _clock(match["h"], match["m"], match["s"], "", match["zone"]) if match["h"] else ""


def _offset(zone: str | None) -> str:
    if not zone:
        return ""
    zone = zone.replace("−", "-").replace(" ", "")
    if zone in _OFFSETS:
        return _OFFSETS[zone]
    match = re.fullmatch(r"(?:utc|gmt)?([+\-])(\d{1,2}):?(\d{2})?", zone)
    if match is None:
        return ""
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:
        return ""
    return "Z" if hours == minutes == 0 else f"{match[1]}{hours:02d}:{minutes:02d}"
