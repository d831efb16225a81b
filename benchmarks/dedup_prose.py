# ruff: noqa: E501 - templates and lists of names, one a line
"""Endless made-up prose in several languages, learned from real text that packages carry.

A first-order Markov chain over the words of each source writes sentences whose word pairs recur as those of real
prose do; so what is a duplicate of what is known, which no collection of real texts can say of itself. Facts
(numbers, dates, times, names, places) are put into the sentences as slots, so that a text can be told again with
other facts.

| source | language | licence |
| --- | --- | --- |
| ``pydoc_data.topics``: Python's language reference | en | PSF-2.0 |
| docstrings of the standard library | en | PSF-2.0 |
| docstrings of numpy | en | BSD-3-Clause |
| message catalogues of Django (package ``django``, extra ``bench``), translators' text | de fr es it pt nl pl ru uk ja ko zh | BSD-3-Clause |

Without Django the languages other than English are left out, and the report says so.
"""

from __future__ import annotations

import ast
import gettext
import importlib.util
import pydoc_data.topics
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

UNSPACED = frozenset({"ja", "zh"})
"""Languages that are written without spaces."""

DEVELOPED = ("en", "de", "fr", "es", "ru", "ja")
"""Languages of the seeds that rules may be tuned on."""

HELD_OUT = ("en", "it", "pt", "nl", "pl", "uk", "ko", "zh")
"""Languages of the final figures; all but English are not looked at before."""

_CATALOGUES = {"zh": "zh_Hans"}
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2,}")

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
}  # fmt: skip

_GIVEN = {
    "latin": "Anna Boris Clara David Elena Farid Greta Hugo Irene Jonas Karim Laura Marta Nadia Oscar Paula Quentin Rosa Stefan Tessa Ulrich Vera Walter Yusuf Zoe",
    "cyrillic": "Анна Борис Вера Глеб Дарья Егор Жанна Захар Ирина Кирилл Лидия Максим Нина Олег Павел Раиса Семён Тамара",
    "ja": "健 花子 翔 美咲 大輔 恵子 直樹 陽子",
    "ko": "민준 서연 지훈 하은 도윤 수빈 현우 지민",
    "zh": "伟 芳 娜 敏 静 强 磊 洋",
}  # fmt: skip
_SURNAMES = {
    "latin": "Abbott Baumann Castillo Dupont Eriksen Fontana Gallagher Hoffmann Ibarra Jansen Kowalski Lindqvist Moreau Novak Okafor Pereira Quigley Rossi Schneider Tanaka Urban Vasquez Whitaker Yilmaz Zimmer",
    "cyrillic": "Андреев Белов Волков Громов Дьяченко Ершов Жуков Зайцев Ильин Козлов Лебедев Морозов Никитин Орлов Петров",
    "ja": "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村",
    "ko": "김 이 박 최 정 강 조 윤",
    "zh": "王 李 张 刘 陈 杨 赵 黄",
}  # fmt: skip
_PLACES = {
    "latin": "Aberdeen Bergamo Coimbra Dresden Esbjerg Freiburg Granada Haarlem Innsbruck Jena Krakow Lausanne Malmo Nantes Oslo Parma Quito Rostock Salzburg Toledo Utrecht Verona Warwick York Zagreb",
    "cyrillic": "Архангельск Брянск Воронеж Грозный Дубна Елец Житомир Иваново Казань Львов Минск Новгород Омск Пермь Рязань",
    "ja": "東京 大阪 京都 札幌 福岡 仙台 広島 金沢",
    "ko": "서울 부산 대구 인천 광주 대전 울산 전주",
    "zh": "北京 上海 广州 深圳 成都 武汉 西安 南京",
}  # fmt: skip


def _pool(table: dict[str, str], language: str) -> list[str]:
    script = {"ru": "cyrillic", "uk": "cyrillic"}.get(language, language if language in table else "latin")
    return table[script].split()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a fact."""

    kind: str
    """``number``, ``amount``, ``time``, ``date``, ``name`` or ``place``."""


KINDS = ("number", "amount", "time", "date", "name", "place")

Frame = tuple[str | Slot, ...]
"""A text with slots, word by word."""


def fact(kind: str, language: str, chance: random.Random) -> str:  # noqa: PLR0911  # one case for each kind
    """A value for a slot, as it is printed in the language."""
    match kind:
        case "number":
            return str(chance.randint(2, 999))
        case "amount":
            return (
                f"{chance.randint(1, 99)}{'.' if language in {'en', 'ja', 'zh', 'ko'} else ','}{chance.randint(1, 9)}"
            )
        case "time":
            return f"{chance.randint(0, 23)}:{chance.randint(0, 59):02}"
        case "date":
            day, month = chance.randint(1, 28), chance.randrange(12)
            if language in {"ja", "zh"}:
                return f"{month + 1}月{day}日"
            if language == "ko":
                return f"{month + 1}월 {day}일"
            name = _MONTHS[language].split()[month]
            return f"{name} {day}" if language == "en" else f"{day} {name}" if language != "de" else f"{day}. {name}"
        case "name":
            given, family = chance.choice(_pool(_GIVEN, language)), chance.choice(_pool(_SURNAMES, language))
            return family + given if language in {"ja", "ko", "zh"} else f"{given} {family}"
        case _:
            return chance.choice(_pool(_PLACES, language))


def filled(frame: Frame, facts: list[str], language: str) -> str:
    """A frame with its slots filled in order."""
    given = iter(facts)
    written = [next(given) if isinstance(part, Slot) else part for part in frame]
    return ("" if language in UNSPACED else " ").join(written)


def facts_of(frame: Frame, language: str, chance: random.Random) -> list[str]:
    """A value for each slot of a frame."""
    return [fact(part.kind, language, chance) for part in frame if isinstance(part, Slot)]


class Writer:
    """Prose of one language with a known seed."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self.language = language
        self.chance = chance
        self.follow, self.words, self.few = _chain(language)

    def sentence(self, words: int) -> list[str | Slot]:
        """A sentence of about so many words, about every twelfth a fact, with its full stop."""
        chance = self.chance
        written: list[str | Slot] = []
        current = chance.choice(self.words)
        for _ in range(words):
            written.append(current)
            if chance.random() < 1 / 12:
                written.append(Slot(chance.choice(KINDS)))
            current = self.next(current)
        first = written[0]
        if isinstance(first, str):
            written[0] = first[:1].upper() + first[1:]
        stop = "。" if self.language in UNSPACED else "."
        last = written[-1]
        written[-1] = last + stop if isinstance(last, str) else current + stop
        return written

    def next(self, word: str) -> str:
        """A word that follows; any word where the sources leave little choice, or the chain would run in circles."""
        follow = self.follow.get(word)
        if follow is None or (word in self.few and self.chance.random() < 0.5):
            return self.chance.choice(self.words)
        return self.chance.choice(follow)

    def frame(self, words: int) -> Frame:
        """A paragraph of about so many words in sentences of 6 to 30 words."""
        written: list[str | Slot] = []
        while len(written) < words:
            left = words - len(written)
            length = left if left <= 12 else min(left, self.chance.randint(6, 30))
            written += self.sentence(max(length, 3))
        return tuple(written)

    def paragraph(self, words: int) -> str:
        """A paragraph of about so many words with its facts."""
        frame = self.frame(words)
        return filled(frame, facts_of(frame, self.language, self.chance), self.language)

    def word(self) -> str:
        """A word as often as the sources have it."""
        return self.next(self.chance.choice(self.words))

    def length(self) -> int:
        """Words of a paragraph: median 35, a twentieth above 100, never above 250, at least 14."""
        return int(min(max(self.chance.lognormvariate(3.55, 0.65), 14), 250))


def available(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the languages that there is text for."""
    return tuple(each for each in languages if each == "en" or _catalogue(each) is not None)


@lru_cache
def _catalogue(language: str) -> Path | None:
    found = importlib.util.find_spec("django")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "conf" / "locale" / _CATALOGUES.get(language, language) / "LC_MESSAGES"
    return folder / "django.mo" if (folder / "django.mo").is_file() else None


@lru_cache
def _chain(language: str) -> tuple[dict[str, list[str]], list[str], frozenset[str]]:
    """For each word those that follow it in the sources, as often as they do; the words; those with few followers."""
    follow: defaultdict[str, list[str]] = defaultdict(list)
    for text in _english() if language == "en" else _translated(language):
        for part in re.split(r"[.;:。!?]\s*|%\(?\w*\)?\w?|[{<][^}>]*[}>]", text):
            found = [each[at : at + 2] for each in _CJK.findall(part) for at in range(0, len(each) - 1, 2)]
            for one, other in pairwise(found if language in UNSPACED else _WORD.findall(part)):
                follow[one].append(other)
    if len(follow) < 200:
        raise SystemExit(f"too little text for the language {language}")
    return dict(follow), sorted(follow), frozenset(word for word, after in follow.items() if len(set(after)) < 5)


def _english() -> list[str]:
    # Indented lines are code and grammar.
    texts = [re.sub(r"(?m)^[ ]{3,}.*", "", text) for text in pydoc_data.topics.topics.values()]
    import numpy as np  # noqa: PLC0415  # only its folder is wanted

    for folder in (Path(ast.__file__).parent, Path(np.__file__).parent / "lib", Path(np.__file__).parent / "_core"):
        for path in sorted(folder.glob("*.py")):
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    # Up to the first example: doctests are code.
                    texts += [(ast.get_docstring(node) or "").split(">>>")[0]]
    return texts


def _translated(language: str) -> list[str]:
    """The catalogues of Django and its contributed applications."""
    first = _catalogue(language)
    if first is None:
        raise SystemExit(f"no text in {language}: pip install 'copydesk[bench]'")
    root = first.parents[4]
    texts: list[str] = []
    name = first.parents[1].name
    for path in [first, *sorted(root.glob(f"contrib/*/locale/{name}/LC_MESSAGES/django.mo"))]:
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        # The stdlib offers no public listing of a catalogue's messages.
        texts += [text for key, text in sorted(catalogue._catalog.items(), key=str) if key and isinstance(text, str)]  # type: ignore[attr-defined]
    return texts
