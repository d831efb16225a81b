# ruff: noqa: E501 - templates and lists of names, one a line
"""Planted truth: streams of made-up paragraphs and articles of which it is known what repeats what.

A stream is cut into groups; texts of different groups have nothing to do with each other. Within a group ``truth``
says of pairs what they are: a kind of edit, or, beginning with ``not:``, a pair that must not be called the same.
Pairs of a group that ``truth`` does not name (two edits of one text) count neither for nor against anybody.

Where the line between a duplicate and a hard negative is drawn here: one changed fact in a text that otherwise reads
the same is a correction, and the texts are the same; three or more are another report. Two is not planted.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from benchmarks import dedup_edits as edits
from benchmarks.dedup_prose import DEVELOPED, HELD_OUT, UNSPACED, Frame, Slot, Writer, available, fact, facts_of, filled

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVELOPMENT_SEEDS = (1, 2, 3)
"""Rules and thresholds are tuned on these. Any other seed has other languages and other written templates."""

KINDS = (
    "copy", "surface", "mojibake", "spelling", "OCR 1 %", "OCR 2 %", "corrected number", "substituted 5 %",
    "substituted 15 %", "any word substituted 5 %", "moved sentence", "cut by a quarter", "cut by a half", "new lead",
    "quoted inside", "quoted inside, edited", "quoted in a long text",
)  # fmt: skip
"""Kinds of edits that are planted equally often."""

_TEMPLATES = {
    "developed": {
        "en": (
            "Weather for {place} on {date}: highs of {number} degrees with winds from the west at {number} miles an hour. Humidity will stay near {number} percent and the barometer reads {number} hectopascal by {time}, the forecast office said.",
            "{place} beat {place} {number} to {number} on {date} before a crowd of {number}. {name} led all scorers with {number} points, and {name} added {number} rebounds for the visitors in front of the home fans.",
            "Shares of the company closed at {amount} dollars on {date}, up {amount} percent from the previous session, after {name} said the quarter brought {number} million in sales. Analysts had expected {amount} dollars a share.",
            "{name}, {number}, of {place}, died peacefully at home on {date}. Born in {place}, the deceased is survived by a daughter, {name}, and {number} grandchildren. Services will be held at {time} in the parish church.",
        ),
        "de": (
            "Der Deutsche Wetterdienst erwartet für {place} am {date} Höchstwerte um {number} Grad bei schwachem Wind aus Südwest mit {number} Kilometern in der Stunde. Die Luftfeuchte liegt bei {number} Prozent.",
            "Die Aktie schloss am {date} bei {amount} Euro und damit {amount} Prozent höher als am Vortag. Der Umsatz des Konzerns stieg im Quartal auf {number} Millionen Euro, wie das Unternehmen mitteilte.",
        ),
        "es": (
            "El equipo de {place} venció a {place} por {number} a {number} el {date} ante {number} espectadores. {name} marcó el gol decisivo y {name} fue elegido mejor jugador del partido por los aficionados.",
        ),
    },
    "held out": {
        "en": (
            "A magnitude {amount} earthquake struck {number} kilometres off {place} at {time} on {date}, the geological survey said. The depth was {number} kilometres. There were no immediate reports of injuries or damage.",
            "The {number}-bedroom house on the outskirts of {place} sold for {number} thousand on {date}. It was built by {name} and last changed hands for {number} thousand. The listing agent was {name} of the local office.",
            "Police in {place} arrested {name}, {number}, on {date} at about {time} on suspicion of driving under the influence. Bail was set at {number} dollars. Anyone with information is asked to call extension {number}.",
            "The Dow Jones index fell {amount} percent to close at {number} on {date}, while the wider market lost {amount} percent. Oil traded at {amount} dollars a barrel and the euro bought {amount} dollars late in the day.",
        ),
        "it": (
            "La squadra di {place} ha battuto {place} per {number} a {number} il {date} davanti a {number} spettatori. {name} ha segnato la rete decisiva mentre {name} è stato espulso poco prima della fine della gara.",
        ),
        "pt": (
            "A previsão do tempo para {place} em {date} indica máximas de {number} graus com vento fraco de {number} quilômetros por hora e umidade de {number} por cento até o fim da tarde, segundo o instituto.",
        ),
    },
}  # fmt: skip


@dataclass(slots=True)
class Group:
    """Texts that may have something to do with each other."""

    language: str
    texts: list[str] = field(default_factory=list)
    truth: dict[tuple[int, int], str] = field(default_factory=dict)
    """By positions in ``texts``, the smaller first."""
    template: bool = False

    def add(self, text: str) -> int:
        """The position of a new text."""
        self.texts.append(text)
        return len(self.texts) - 1


def frame_of(template: str) -> Frame:
    """A written template as words and slots; punctuation stays with what it follows."""
    parts: list[str | Slot] = []
    for word in template.split(" "):
        if "{" not in word:
            parts.append(word)
            continue
        before, _, rest = word.partition("{")
        kind, _, after = rest.partition("}")
        parts += [*([before] if before else []), Slot(kind), *([after] if after else [])]
    return tuple(parts)


class Planter:
    """Groups of paragraphs from one seed."""

    def __init__(self, seed: int) -> None:
        developed = seed in DEVELOPMENT_SEEDS
        self.chance = random.Random(seed)
        self.languages = available(DEVELOPED if developed else HELD_OUT)
        self.writers = {language: Writer(language, self.chance) for language in self.languages}
        self.templates = [
            (language, frame_of(text))
            for language, texts in _TEMPLATES["developed" if developed else "held out"].items()
            if language in self.languages
            for text in texts
        ]
        self._turn = 0
        self._template = 0

    def groups(self, count: int) -> Iterator[Group]:
        """Groups with at least ``count`` texts, one after the other; a text in three is alone.

        A written template fills groups of 24 reports, and no more than 2,000 texts altogether: at larger sizes
        they would be nothing but the same few templates.
        """
        made = templates = 0
        while made < count:
            dice = self.chance.random()
            # English half of the time, as in most collections.
            language = "en" if self.chance.random() < 0.5 else self.chance.choice(self.languages)
            if dice < 0.002 and templates < 2_000:
                group = self._reports()
                templates += len(group.texts)
            elif dice < 0.03:
                group = self._frames(self.writers[language])
            elif dice < 0.06:
                group = self._family(self.writers[language])
            elif dice < 0.5:
                group = self._edited(self.writers[language])
            elif dice < 0.53:
                group = self._short(self.writers[language])
            else:
                group = Group(language)
                group.add(self.writers[language].paragraph(self.writers[language].length()))
            made += len(group.texts)
            yield group

    def _edited(self, writer: Writer) -> Group:
        """A text and one edit of it."""
        group = Group(writer.language)
        kind = KINDS[self._turn % len(KINDS)]
        self._turn += 1
        frame = writer.frame(writer.length())
        facts = facts_of(frame, writer.language, self.chance)
        text = filled(frame, facts, writer.language)
        if kind == "corrected number":
            slots = [part for part in frame if isinstance(part, Slot)]
            numbers = [at for at, slot in enumerate(slots) if slot.kind in {"number", "amount", "time"}]
            if not numbers:
                kind = "substituted 5 %"
            else:
                at = self.chance.choice(numbers)
                facts[at] = fact(slots[at].kind, writer.language, self.chance)
                group.add(text)
                group.add(filled(frame, facts, writer.language))
        if kind != "corrected number":
            group.add(text)
            group.add(self.edited(text, kind, writer))
        group.truth[0, 1] = kind
        return group

    def edited(self, text: str, kind: str, writer: Writer) -> str:  # noqa: PLR0911, PLR0912  # one case for each kind
        """One edit."""
        chance, unspaced = self.chance, writer.language in UNSPACED
        between = "" if unspaced else " "
        match kind:
            case "copy":
                return text
            case "surface":
                return edits.surface(text, chance)
            case "mojibake":
                return edits.mojibake(text, chance)
            case "spelling":
                return edits.spelling(text, chance)
            case "OCR 1 %":
                return edits.ocr(text, 0.01, chance)
            case "OCR 2 %":
                return edits.ocr(text, 0.02, chance)
            case "substituted 5 %":
                return edits.substituted(text, 0.05, writer, unspaced)
            case "substituted 15 %":
                return edits.substituted(text, 0.15, writer, unspaced)
            case "any word substituted 5 %":
                return edits.any_substituted(text, 0.05, writer, unspaced)
            case "moved sentence":
                return edits.moved(text, unspaced)
            case "cut by a quarter":
                return edits.cut(text, 0.25, unspaced)
            case "cut by a half":
                # What is left must be long enough to be told from any other half sentence.
                return edits.cut(text, 0.5 if len(edits.words_of(text, unspaced)) >= 26 else 0.25, unspaced)
            case "new lead":
                return writer.paragraph(chance.randint(6, 20)) + between + text
            case "quoted inside, edited":
                text = edits.substituted(text, 0.05, writer, unspaced)
        size = 4 if kind == "quoted in a long text" else 1
        around = [writer.paragraph(size * writer.length()) for _ in range(2)]
        return between.join((around[0], text, around[1]))

    def _family(self, writer: Writer) -> Group:
        """Three to six copies with light edits of one original, each true with the original only."""
        group = Group(writer.language)
        text = writer.paragraph(writer.length())
        group.add(text)
        for _ in range(self.chance.randint(2, 5)):
            kind = self.chance.choice(("copy", "surface", "spelling", "substituted 5 %", "OCR 1 %", "cut by a quarter"))
            group.truth[0, group.add(self.edited(text, kind, writer))] = kind
        return group

    def _short(self, writer: Writer) -> Group:
        """Lines of three to eleven words: a copy is a duplicate, a line with another word is another line."""
        group = Group(writer.language)
        text = writer.paragraph(self.chance.randint(3, 8))
        group.add(text)
        group.truth[0, group.add(text)] = "short: copy"
        return group

    def _frames(self, writer: Writer) -> Group:
        """One made-up frame told with other facts: all other, or three of them; and true copies of each."""
        frame: Frame = ()
        while sum(isinstance(part, Slot) for part in frame) < 4:
            frame = writer.frame(self.chance.randint(25, 80))
        return self._told(frame, writer, self.chance.randint(2, 5))

    def _reports(self) -> Group:
        """A written template with the facts of two dozen reports."""
        language, frame = self.templates[self._template % len(self.templates)]
        self._template += 1
        return self._told(frame, self.writers[language], 12)

    def _told(self, frame: Frame, writer: Writer, times: int) -> Group:
        group = Group(writer.language, template=True)
        slots = [part for part in frame if isinstance(part, Slot)]
        told: list[tuple[list[str], list[int]]] = []
        for turn in range(times):
            facts = facts_of(frame, writer.language, self.chance)
            if told and turn % 3 == 2:
                # The next day's bulletin: only three facts are new.
                few, facts = self.chance.sample(range(len(slots)), 3), list(told[-1][0])
                for at in few:
                    while facts[at] == told[-1][0][at]:
                        facts[at] = fact(slots[at].kind, writer.language, self.chance)
            text = filled(frame, facts, writer.language)
            kind = self.chance.choice(("copy", "surface", "spelling", "OCR 1 %", "substituted 5 %"))
            places = [group.add(text), group.add(self.edited(text, kind, writer))]
            group.truth[places[0], places[1]] = f"template: {kind}"
            told.append((facts, places))
        for (one, here), (other, there) in combinations(told, 2):
            changed = sum(left != right for left, right in zip(one, other, strict=True))
            if changed < 3:
                continue
            name = "not: template, three other facts" if changed == 3 else "not: template, other facts"
            for left in here:
                for right in there:
                    group.truth[left, right] = name
        return group
