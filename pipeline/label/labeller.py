"""The seam: whatever labels lines is a ``Labeller``, and ``load_labeller`` gives the one that the settings name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Final, Protocol, TypeVar, runtime_checkable

import numpy as np

from pipeline.label.block import MOST_LINES, Model, bare_pages, judge, load_model
from pipeline.label.features import PROSE_WIDTH, Bools, Floats
from pipeline.label.head import head_kinds
from pipeline.label.kinds import SECTION_OPENERS, body_kinds, chrome_kinds
from pipeline.label.network.markup import MarkupFacts, MarkupReading, load_markup_reading
from pipeline.label.network.model import Network, load_network, promised, worth_keeping
from pipeline.label.network.second import (
    SecondReading,
    as_one,
    load_second_reading,
    log_odds,
    shifted,
    surroundings_of_each,
)
from pipeline.label.page_facts import Measured, PageFacts, measured, measured_here
from pipeline.label.page_type import TypeModel, estimate, likeliest, load_type_models
from pipeline.label.sheet import Prints, Sheet, Units, units
from pipeline.label.tail import tail_verdicts
from pipeline.label.tools import Tools, tools_for
from pipeline.records import FRONT_MATTER, SCRIPT, Kind, Label, PageKind, PageType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipeline.label.features import Lines
    from pipeline.label.network.features import Singles
    from pipeline.label.network.model import Scores
    from pipeline.label.words import Words
    from pipeline.records import Page
    from pipeline.settings import LabelSettings

T = TypeVar("T")
_BATCH_CHARACTERS: Final = 200_000
"""Pages are measured together up to this many characters, a dozen: as many as stay in the processor's cache."""
_SCORE_DIGITS: Final = 4
"""Scores are rounded: more digits would differ between processors and say nothing."""
_MAIN_ODDS: Final = 2.0
"""What the second opinion on HTML adds to the block labeller's log-odds of a line, or takes from them.

Of seven pairs tried on 300 WCXB and 115 Fundus pages this was best over all WCXB page types (word F1 .851; the opinion
alone .822) and on articles (.943 against .936); Fundus would gain .005 from a stricter pair. The coefficients had been
fitted on text renderings of the same pages.
"""
_SURE_BODY: Final = 0.8
"""Credits are captions unless the model is this sure of body: prose mentions agencies too."""
_BESIDE: Final = 0.2
"""Share of the page's greatest score from which a paragraph beside a kept one is kept too: loses 9 % fewer body
paragraphs of articles and news, and word F1 does not fall (Fundus +.003); compared on the pages of the fit, with the
block labeller's scores. A share, because in scripts that few training pages have all scores of a page are low."""
_MOST_ALIKE: Final = 1 << 14
"""Labels of one kind and reason that are remembered, one for each score that there is: a process that labels for days
must not grow."""
_FEW_LINES: Final = 10
"""Pages of fewer lines are not decided by their type: so little says nothing of it."""
_OF_NOTHING: Final = Label(Kind.NAVIGATION, 0.0, "rule:not_shown")
_OF_UNSEEN: Final = {
    SCRIPT: Label(Kind.EMBED, 0.0, "rule:script"),
    FRONT_MATTER: Label(Kind.EMBED, 0.0, "rule:front_matter"),
}
_ARTICLE: Final = PageKind(PageType.ARTICLE, 1.0)
"""What every page is for a labeller without estimates."""
RULES_VERSION: Final = "7"
"""Counts changes of the rules: part of the labeller's version, so that stored labels show their age."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says of the lines of one page."""

    score: Floats
    """Probability that the line is body, rounded; (n,)."""
    keep: Bools
    """Whether the model takes it for body; (n,)."""
    kinds: Singles | None = None
    """Probabilities of ``network.model.KINDS``, where the model has them; (n, 20)."""
    words: Singles | None = None
    """Words of each line as the decision counted them, where it can be made again; (n,)."""
    main: tuple[bool | None, ...] = ()
    """The second opinion on each line, where it was asked."""


@runtime_checkable
class Labeller(Protocol):
    """Decides what every line of a page is."""

    @property
    def name(self) -> str:
        """Name of the method, as in the settings."""

    @property
    def version(self) -> str:
        """Changes whenever the labels of some page may change."""

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        """One label for each line of each page, in order; a page's labels do not depend on the other pages."""


@runtime_checkable
class TypingLabeller(Labeller, Protocol):
    """A labeller that also tells what kind of page it is."""

    def label_typed(self, pages: Sequence[Page]) -> list[tuple[tuple[Label, ...], PageKind]]:
        """The labels of each page, as ``label`` gives them, and what kind of page they show it to be."""


class _SheetLabeller:
    """What both labellers share: sheets from scores, and kinds from sheets. They differ in ``_judge``."""

    recovers: frozenset[str] = frozenset({"text", "html"})
    """Formats of pages on which paragraphs beside kept ones are recovered."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.tools: Callable[[int], Tools] = tools_for
        """What to use for so many characters more; the labels do not depend on it."""

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        """See ``Labeller.label``."""
        return [
            _spread(page, page_units, label_sheet(sheet, self._model), _itself)
            for page, page_units, sheet in self.sheets(pages)
        ]

    def label_typed(self, pages: Sequence[Page]) -> list[tuple[tuple[Label, ...], PageKind]]:
        """See ``TypingLabeller.label_typed``."""
        models = load_type_models()
        return [
            (labels, estimate(page, labels, models[page.format]))
            for page, labels in zip(pages, self.label(pages), strict=True)
        ]

    def sheets(self, pages: Sequence[Page]) -> Iterator[tuple[Page, Units, Sheet]]:
        """Each page's lines with their scores, before kinds are chosen."""
        return ((page, page_units, sheet) for page, page_units, _, sheet in self._readings(pages))

    def _readings(self, pages: Sequence[Page]) -> Iterator[tuple[Page, Units, Judged, Sheet]]:
        """Each page with what the model says of it, and the sheet that follows."""
        for batch in _batches([(page, units(page.lines)) for page in pages]):
            texts, blanks = [own.texts for _, own in batch], [own.blank for _, own in batch]
            tools = self.tools(sum(sum(map(len, own)) for own in texts))
            lines = tools.gather(texts, blanks)
            bare = bare_pages(lines, self._model)
            judged = self._judge(batch, lines, tools)
            for number, ((page, page_units), verdict) in enumerate(zip(batch, judged, strict=True)):
                part = slice(int(lines.bounds[number]), int(lines.bounds[number + 1]))
                # HTML has a boundary at every block, so nothing can be read from blank lines there
                is_bare = bool(bare[number]) and page.format == "text"
                sheet = _sheet(page, page_units, lines, part, verdict, is_bare=is_bare, words=tools.words)
                yield page, page_units, verdict, self._decided(page, sheet, verdict.keep)

    def _decided(self, page: Page, sheet: Sheet, keep: Bools) -> Sheet:
        """The sheet with what is kept of it, if the model keeps these lines; (n,)."""
        decided = overruled(sheet, keep)
        return recover(decided) if page.format in self.recovers and not _is_cut(page) else decided

    def _judge(self, batch: Sequence[tuple[Page, Units]], lines: Lines, tools: Tools) -> Iterator[Judged]:
        """Scores and first decision for the lines of each page."""
        raise NotImplementedError


class BlockLabeller(_SheetLabeller):
    """Best contiguous block by line scores (``block``), then named rules for kinds (``rules``, ``head``, ``kinds``)."""

    name = "block"

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.version = f"{model.version}+rules{RULES_VERSION}"

    def _judge(self, batch: Sequence[tuple[Page, Units]], lines: Lines, tools: Tools) -> Iterator[Judged]:
        """By the two regressions, from one probability for all pages."""
        score = judge(lines, self._model)
        for number, (page, page_units) in enumerate(batch):
            own = score[int(lines.bounds[number]) : int(lines.bounds[number + 1])]
            main = _opinion(page, page_units)
            if main is not None:
                shift = _MAIN_ODDS * np.array([0 if heard is None else 2 * heard - 1 for heard in main])
                own = 1.0 / (1.0 + np.exp(-(log_odds(own) + shift)))
            if page_units.together:
                part = slice(int(lines.bounds[number]), int(lines.bounds[number + 1]))
                own = as_one(own, lines.width[part], page_units.together)
            own = np.round(own, _SCORE_DIGITS)
            yield Judged(own, own >= self._model.threshold, main=tuple(main or ()))


class NetworkLabeller(_SheetLabeller):
    """Scores by the line network and a second reading of the page, of HTML with its markup (``network``), a limit of
    its own for each page, then the same named rules.

    Whether a page is nothing but body, and which line is the headline, is left to the block labeller's regressions.
    """

    name = "network"
    recovers = frozenset({"text"})
    """On text it is worth +.0003 (held out) and keeps the last paragraph of very short pages; on HTML Fundus would lose
    .003."""

    def __init__(
        self,
        network: Network,
        second: SecondReading,
        markup: MarkupReading,
        model: Model,
        *,
        types: Mapping[str, TypeModel] | None,
        ask_below: float,
    ) -> None:
        """Put the parts together; ``ask_below`` as in ``LabelSettings``.

        :param types: by format; by that of text lines are decided on pages that are no articles. None: all pages are
            taken for articles.
        """
        super().__init__(model)
        self._ask_below = ask_below
        self._network = network
        self._second = second
        self._markup = markup
        self._types = types
        digests = f"{network.digest}+{second.digest}+{markup.digest}" + (f"+{types['text'].digest}" if types else "")
        self.version = f"{digests}+{model.version}+rules{RULES_VERSION}"

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        """See ``Labeller.label``."""
        return [self._labels(*own, is_typed=False)[0] for own in self._readings(pages)]

    def label_typed(self, pages: Sequence[Page]) -> list[tuple[tuple[Label, ...], PageKind]]:
        """See ``TypingLabeller.label_typed``."""
        typed = []
        for page, page_units, judged, sheet in self._readings(pages):
            labels, chances = self._labels(page, page_units, judged, sheet, is_typed=True)
            kind = _ARTICLE
            if chances:
                kind = likeliest(chances)
            elif self._types is not None:
                kind = estimate(page, labels, self._types[page.format], _measured(page, page_units, sheet))
            typed.append((labels, kind))
        return typed

    def _labels(
        self, page: Page, page_units: Units, judged: Judged, sheet: Sheet, *, is_typed: bool
    ) -> tuple[tuple[Label, ...], tuple[float, ...]]:
        """The labels of one page, and what they say of its type if ``is_typed`` and that was asked; of plain text,
        decided again where they show that it is no article.

        Only the decision is shifted: scores stay as they were, and with them what rules read from them.
        """
        verdicts = decide(sheet, self._model)
        chances: tuple[float, ...] = ()
        if self._types is not None and _may_shift(page, sheet):
            model = self._types["text"]
            facts = PageFacts(page, model.wordings, _measured(page, page_units, sheet))
            scores = judged.score
            if page_units.members is not None:
                scores = np.array(_spread(page, page_units, scores.tolist(), attrgetter("score")))
            chances = model.chances(facts.of(_kinds(page, page_units, verdicts), scores))
            shift = model.shift(chances)
            again = self._decided(page, sheet, _shifted_keep(judged, shift)) if shift else sheet
            if not np.array_equal(again.keeps, sheet.keeps):
                verdicts = decide(again, self._model)
                if is_typed:
                    chances = model.chances(facts.of(_kinds(page, page_units, verdicts), scores))
        return _spread(page, page_units, _records(verdicts, sheet), _itself), chances if is_typed else ()

    def label_shifted(self, page: Page, shifts: Sequence[float]) -> list[tuple[Label, ...]]:
        """The labels of one page as they would be if its type shifted the log-odds by so much; for the fit."""
        ((page, page_units, judged, whole),) = self._readings([page])
        sheets = [
            self._decided(page, whole, _shifted_keep(judged, shift)) if shift and _may_shift(page, whole) else whole
            for shift in shifts
        ]
        labels = {
            sheet.keeps.tobytes(): _spread(page, page_units, label_sheet(sheet, self._model), _itself)
            for sheet in sheets
        }
        return [labels[sheet.keeps.tobytes()] for sheet in sheets]

    def _judge(self, batch: Sequence[tuple[Page, Units]], lines: Lines, tools: Tools) -> Iterator[Judged]:
        """By the network, from the probability that promises the best word F1 of the page."""
        scored = self._network.score([own.texts for _, own in batch], [own.blank for _, own in batch], tools.loops)
        bare, marked = (
            [own for own, (_, page_units) in zip(scored, batch, strict=True) if bool(page_units.markup) is has_markup]
            for has_markup in (False, True)
        )
        seconds, around = iter(self._second.read(bare)), surroundings_of_each(marked)
        for (page, page_units), scores in zip(batch, scored, strict=True):
            main = None
            if page_units.markup:
                facts = MarkupFacts(scores, page_units.markup, next(around))
                read, main = self._read_markup(page, page_units, facts, scores)
            else:
                read = next(seconds)
            if page_units.together:
                read = as_one(read, scores.width, page_units.together)
            # decided on what is shown: the last bits of the network's sums differ between processors
            body = np.round(read, _SCORE_DIGITS)
            yield Judged(body, worth_keeping(body, scores.width), scores.kinds, scores.width, tuple(main or ()))

    def _read_markup(
        self, page: Page, page_units: Units, facts: MarkupFacts, scores: Scores
    ) -> tuple[Floats, list[bool | None] | None]:
        """Scores of HTML lines, and the second opinion on them if it was asked."""
        read = None
        if self._ask_below < 1:
            read = self._markup.read(facts)
            if not self._ask_below or promised(read, scores.width) >= self._ask_below:
                return read, None
        main = _opinion(page, page_units)
        if main is not None:
            return self._markup.read(facts, main), main
        return self._markup.read(facts) if read is None else read, None


def load_labeller(settings: LabelSettings) -> BlockLabeller | NetworkLabeller:
    """The labeller that ``settings.labeller`` names, with its committed model."""
    match settings.labeller:
        case "block":
            return BlockLabeller(load_model())
        case "network":
            return NetworkLabeller(
                *(load_network(), load_second_reading(), load_markup_reading(), load_model()),
                types=load_type_models(),
                ask_below=settings.ask_below,
            )


def recover(sheet: Sheet) -> Sheet:
    """What is kept, and with it each paragraph that follows or precedes a kept one and is not quite likely enough.

    The last paragraph of an article is the one most often lost. Lines of certain rules (an advertisement) may stand
    between; a heading that opens another section (``Most read``) may not.
    """
    doubtful = sheet.once(_may_be_recovered) & ~sheet.keeps
    if not doubtful.any():
        return sheet
    keeps = sheet.keeps.copy()
    for index in np.flatnonzero(doubtful).tolist():
        keeps[index] = _is_beside(sheet, index, -1) or _is_beside(sheet, index, 1)
    return sheet.with_kept(keeps)


def _may_be_recovered(sheet: Sheet) -> Bools:
    """Paragraphs that no rule names and that are not much less likely than the page's likeliest line; (n,)."""
    least = _BESIDE * sheet.scores.max(initial=0.0)
    found: Bools = sheet.stops & (sheet.widths >= PROSE_WIDTH) & (sheet.scores >= least)
    found[sheet.ruled] = False
    return found & sheet.loose


def _is_beside(sheet: Sheet, index: int, step: int) -> bool:
    """Whether the next line above (-1) or below (1) that no certain rule removes is a kept paragraph."""
    index += step
    while 0 <= index < len(sheet) and not sheet.keep[index]:
        fit = sheet.fits[index]
        if fit is None or not fit.certain or fit.name in SECTION_OPENERS:
            return False
        index += step
    return 0 <= index < len(sheet) and sheet.stop[index] and sheet.width[index] >= PROSE_WIDTH


def _is_cut(page: Page) -> bool:
    """Whether most lines are parts of longer ones: a sentence beside a kept one is no paragraph, and stays out.

    On pages in one line recovering costs .009 of word F1 (articles, held out by site; two folds).
    """
    return 2 * [line.part for line in page.lines].count(0) < len(page.lines)


def _may_shift(page: Page, sheet: Sheet) -> bool:
    """Whether the page's type has a say: on plain text that is neither all body nor too short to have a type."""
    return page.format == "text" and not sheet.bare and len(sheet) >= _FEW_LINES


def _measured(page: Page, page_units: Units, sheet: Sheet) -> Measured:
    """The lines of the page as ``page_facts`` asks for them: those of the sheet, where each of them is a unit."""
    if page_units.members is not None or not len(sheet.told):
        return measured_here([line.clean for line in page.lines], sheet.words)
    return measured(sheet.texts, sheet.repeats, sheet.told, sheet.words)


def _shifted_keep(judged: Judged, shift: float) -> Bools:
    """The decision made again with the log-odds shifted; (n,)."""
    assert judged.words is not None
    return np.asarray(worth_keeping(shifted(judged.score, np.asarray(shift)), judged.words))


def label_sheet(sheet: Sheet, model: Model) -> list[Label]:
    """Kind and reason of every unit of a page, from scores that are settled; aligned with the sheet."""
    return _records(decide(sheet, model), sheet)


def decide(sheet: Sheet, model: Model) -> list[tuple[Kind, str]]:
    """The same without the scores."""
    tail = tail_verdicts(sheet)
    if tail:
        keeps = sheet.keeps.copy()
        keeps[list(tail)] = False
        sheet = sheet.with_kept(keeps)
    head = head_kinds(sheet, model.title)
    verdicts = body_kinds(sheet)
    for decided in (chrome_kinds(sheet, {*head, *tail}), head, tail):
        for index, verdict in decided.items():
            verdicts[index] = verdict
    return verdicts


def _records(verdicts: list[tuple[Kind, str]], sheet: Sheet) -> list[Label]:
    rows = map(_alike, verdicts, sheet.main) if sheet.main else map(_ALIKE.__getitem__, verdicts)
    return [row[score] for row, score in zip(rows, sheet.scores.tolist(), strict=True)]


class _Alike(dict[float, Label]):
    """Labels of one kind and reason by their scores. Equal ones are mostly one: with four digits most come again."""

    def __init__(self, verdict: tuple[Kind, str], main: bool | None) -> None:
        super().__init__()
        self._verdict = verdict
        self._main = main

    def __missing__(self, score: float) -> Label:
        kind, reason = self._verdict
        label = Label(kind, score, reason, self._main)
        if len(self) < _MOST_ALIKE:
            self[score] = label
        return label


_alike = cache(_Alike)


class _ByVerdict(dict[tuple[Kind, str], _Alike]):
    """Those about which no second opinion was asked, which is most: a call for each line would take longer."""

    def __missing__(self, verdict: tuple[Kind, str]) -> _Alike:
        row = self[verdict] = _alike(verdict, None)
        return row


_ALIKE: Final = _ByVerdict()


def _sheet(
    page: Page, page_units: Units, lines: Lines, part: slice, judged: Judged, *, is_bare: bool, words: Words
) -> Sheet:
    """The columns of one page, with what the model keeps."""
    fits = list(lines.fits[part])
    for run in page_units.together:
        fits[run] = [None] * (run.stop - run.start)  # what a line in the midst of code looks like says nothing
    return Sheet(
        texts=lines.texts[part],
        tags=page_units.tags,
        fits=tuple(fits),
        widths=lines.width[part],
        stops=lines.stop[part],
        items=lines.bullet[part],
        repeats=lines.repeats[part],
        scores=judged.score,
        keeps=judged.keep,
        bare=is_bare,
        declared=page.declared,
        told=lines.told[part],
        prints=Prints(page_units.texts, lines.width[part], lines.odd[part]),
        kinds=judged.kinds,
        sources=page_units.sources if any(page_units.sources) else (),
        bits=lines.bits[part],
        main=judged.main,
        words=words,
    )


def overruled(sheet: Sheet, keep: Bools) -> Sheet:
    """The sheet with these lines kept, but for those on which the certain rules, the data and the tags have a say."""
    keeps = np.ones(len(sheet), dtype=np.bool_) if sheet.bare else keep.copy()
    for index in sheet.ruled:
        fit = sheet.fits[index]
        if fit is not None and (fit.certain or (fit.kind is Kind.CAPTION and sheet.scores[index] < _SURE_BODY)):
            keeps[index] = False
    # whoever publishes says that this is the article; a rule that is certain still takes out an advertisement
    for index, source in enumerate(sheet.sources):
        fit = sheet.fits[index]
        keeps[index] |= source != "" and not (fit is not None and fit.certain)
    if "figcaption" in sheet.tags:
        keeps &= np.array([tag != "figcaption" for tag in sheet.tags])
    return sheet.with_kept(keeps)


def _opinion(page: Page, page_units: Units) -> list[bool | None] | None:
    """Which lines an extractor that reads markup keeps; None for text, and where the HTML is not at hand."""
    if page.content is None:
        return None
    # lxml is needed for HTML only
    from pipeline.split.opinion import second_opinion  # noqa: PLC0415

    main = second_opinion(page)
    return None if main is None else page_units.of_first(main)


def _spread(page: Page, page_units: Units, values: Sequence[T], unseen: Callable[[Label], T]) -> tuple[T, ...]:
    """A value for every line from those of the units; a line with nothing visible in it is unseen or navigation.

    :param unseen: takes the value off the label of such a line.
    """
    if page_units.members is None:
        return tuple(values)
    spread = [unseen(_OF_UNSEEN.get(line.tag, _OF_NOTHING)) for line in page.lines]
    for members, value in zip(page_units.members, values, strict=True):
        for member in members:
            spread[member] = value
    return tuple(spread)


def _itself(label: Label) -> Label:
    return label


def _kinds(page: Page, page_units: Units, verdicts: list[tuple[Kind, str]]) -> Sequence[Kind]:
    return _spread(page, page_units, [kind for kind, _ in verdicts], attrgetter("kind"))


def _batches(pages: list[tuple[Page, Units]]) -> Iterator[list[tuple[Page, Units]]]:
    """Pages in order, in batches bounded by characters and lines (at least one page)."""
    batch: list[tuple[Page, Units]] = []
    characters = lines = 0
    for page, page_units in pages:
        size = sum(map(len, page_units.texts))
        if batch and (characters + size > _BATCH_CHARACTERS or lines + len(page_units) > MOST_LINES):
            yield batch
            batch, characters, lines = [], 0, 0
        batch.append((page, page_units))
        characters += size
        lines += len(page_units)
    if batch:
        yield batch
