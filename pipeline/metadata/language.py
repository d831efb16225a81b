# ruff: noqa: E501 - one language a line
"""The language of a text: by its script or its function words where they are clear, else by py3langid's n-gram model.

The model costs 0.9 s to load, in every worker: nine of ten articles need only a count of words such as "the".
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.metadata.plain_words import LETTERS, plain_words

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_LETTERS = 60
"""Fewer letters say too little about a language written in Latin or Cyrillic letters; None is honest."""
SAMPLE_CHARS = 4_000
"""Beyond this the answer does not change, and the cost is linear."""
MIN_CONFIDENCE = 0.5
"""py3langid's calibrated probability; below, a text is a list of names or mixed."""

_SCRIPTS = (
    ("kana", re.compile(r"[\u3041-\u30ff]")),
    ("han", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("hangul", re.compile(r"[\uac00-\ud7a3]")),
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("arabic", re.compile(r"[\u0620-\u06ff]")),
    ("devanagari", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e01-\u0e5b]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0531-\u058f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("te", re.compile(r"[\u0c00-\u0c7f]")),
    ("am", re.compile(r"[\u1200-\u137f]")),
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NO_ASCII_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
# The commonest function words of running text; a word that two languages share counts for both. Danish and Norwegian
# share nearly all: they never win by twice the other, and go to the model.
_FUNCTION_WORDS = {
    "en": "the of and to in is that for it was on with as at by this are from have be has not but they which his her an",
    "de": "der die und in das den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie",
    "fr": "le la les de des et en du un une est que pour dans qui sur par au pas plus avec ce sont il elle aux cette mais ont",
    "es": "el la los las de que y en un una del se por con para es al lo como más pero su sus fue este ha sobre entre",
    "it": "il la di che e è per un una in del della dei con non sono si da le gli nel alla anche ha più come al lo",
    "pt": "o a os as de que e em um uma do da dos das para com não no na por é se mais ao como foi ou ser pelo são",
    "nl": "de het een en van in is dat op te voor met zijn niet aan er die ook als bij door maar om naar heeft wordt uit",
    "sv": "och att det i en som på är av för med den till inte har de om ett var men sig från vi kan också när",
    "da": "og at det i en som på er af for med den til ikke har de om et var men sig fra vi kan også når",
    "no": "og at det i en som på er av for med den til ikke har de om et var men seg fra vi kan også når",
    "fi": "ja on ei että se oli hän mutta ovat joka myös kun niin olla mukaan kuin sen ole jo tai hänen mitä",
    "pl": "i w na z się nie do to że jest o jak za od po przez dla ale są oraz co tym tego może już jego który",
    "cs": "a se v na je že s z do o to i pro jako by k ale si jsou po za které který byl jeho také podle",
    "hu": "a az és hogy nem is egy meg ez de volt már csak ha mint azt vagy el még után lehet amely",
    "ro": "și de a în la cu pe nu este care din că un o pentru mai au fost să se sunt prin sau ca lui",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi sonra kadar en ne ama olduğu ise değil her",
    "id": "yang dan di dengan untuk pada ini itu dari tidak dalam adalah akan ke telah juga oleh mereka bisa ada",
    "vi": "và của là có trong cho các được với không những một để này người khi đã từ đến ở cũng",
}


def _speakers() -> dict[str, list[str]]:
    """The languages of each function word."""
    speakers: dict[str, list[str]] = {}
    for code, words in _FUNCTION_WORDS.items():
        for word in dict.fromkeys(words.split()):
            if len(word) > 1:  # one letter alone is as often a unit, a variable or a score as a word
                speakers.setdefault(word, []).append(code)
    return speakers


_SPEAKERS = _speakers()
MIN_FUNCTION_SHARE = 0.12
"""Share of function words in running text is 20 to 45 %; lists of names have fewer, and go to the model."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_ONE_LANGUAGE = frozenset({"el", "he", "th", "ka", "hy", "bn", "ta", "te", "am"})
_DENSE = frozenset({"kana", "han", "hangul"})
"""One character of these says as much as three letters."""


def detect_language(text: str, declared: Iterable[str | None] = ()) -> str | None:
    """ISO 639-1 code of the language that ``text`` is written in; None for too little text or no clear answer.

    :param declared: BCP 47 tags by order of trust. The first that fits the script of ``text`` is taken, unless the
        model is sure of another language: templates declare "en" on pages in any language.
    """
    sample = text[:SAMPLE_CHARS]
    scripts = _scripts(sample)
    codes = [code for tag in declared if (code := language_code(tag))]
    total = sum(scripts.values())
    weight = total + 2 * sum(scripts[name] for name in _DENSE)
    if weight < MIN_LETTERS:
        return codes[0] if codes else None
    script = max(scripts, key=lambda name: scripts[name] * (3 if name in _DENSE else 1))
    by_script = _by_script(script, scripts)
    if by_script is not None:
        return by_script
    by_words = _by_function_words(sample) if script == "latin" else None
    if by_words is not None:
        return by_words
    seen, confidence = _model().classify(sample)
    for code in codes:
        if code == seen or (confidence < 0.9 and script == "latin"):
            return code
    return str(seen) if confidence >= MIN_CONFIDENCE and len(seen) == 2 else None


def _scripts(sample: str) -> Counter[str]:
    """Letters of each script; those of ASCII are counted at once, and only the rest is looked at by script."""
    ascii_letters = len(sample.encode("ascii", "ignore").translate(None, _NO_ASCII_LETTERS))
    rest = "" if sample.isascii() else "".join(_NOT_ASCII.findall(sample))
    scripts = Counter({name: len(pattern.findall(rest)) if rest else 0 for name, pattern in _SCRIPTS})
    scripts["latin"] += ascii_letters
    return scripts


def language_code(tag: str | None) -> str | None:
    """The ISO 639-1 part of a BCP 47 tag, in lower case ("de-AT" gives "de"); None if it has none."""
    match = re.match(r"\s*([A-Za-z]{2})(?:[-_]|\s*$)", tag or "")
    if match is None:
        return None
    code = match[1].lower()
    # Norwegian is one language to readers and models; old codes of Hebrew and Indonesian still occur.
    return {"nb": "no", "nn": "no", "iw": "he", "in": "id"}.get(code, code)


def _by_script(script: str, scripts: Counter[str]) -> str | None:
    if script in _ONE_LANGUAGE:
        return script
    if script == "hangul":
        return "ko"
    if script in ("kana", "han"):
        # Japanese prose is a third kana at the least; Chinese quotes a kana now and then.
        return "ja" if scripts["kana"] * 20 > scripts["han"] else "zh"
    return None


def _by_function_words(sample: str) -> str | None:
    """The language whose function words are frequent here, and at least half as frequent again as the next one's."""
    plain = plain_words(sample, LETTERS)
    words = Counter(_WORD.findall(sample.casefold()) if plain is None else [word for word in plain if len(word) > 1])
    total = words.total()
    if total < 20:
        return None
    said = dict.fromkeys(_FUNCTION_WORDS, 0)
    for word, count in words.items():
        for code in _SPEAKERS.get(word, ()):
            said[code] += count
    (best, code), (second, _) = sorted(((count, code) for code, count in said.items()), reverse=True)[:2]
    return code if best >= MIN_FUNCTION_SHARE * total and best >= 1.5 * second else None


@lru_cache(maxsize=1)
def _model() -> Any:
    # Loaded late: most callers of this package never need it, and it costs about 0.1 s.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
