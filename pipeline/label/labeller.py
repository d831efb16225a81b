"""The seam: whatever labels lines is a ``Labeller``, and ``load_labeller`` gives the one that the settings name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import repeat
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

import numpy as np

from pipeline.label.block import MOST_LINES, Model, bare_pages, judge, load_model
from pipeline.label.features import PROSE_WIDTH, Bools, Floats
from pipeline.label.head import head_kinds
from pipeline.label.kinds import SECTION_OPENERS, body_kinds, chrome_kinds
from pipeline.label.network.markup import MarkupFacts, MarkupReading, load_markup_reading
from pipeline.label.network.model import Network, load_network, promised, worth_keeping
from pipeline.label.network.second import SecondReading, load_second_reading, log_odds, shifted
from pipeline.label.page_facts import page_facts
from pipeline.label.page_type import TypeModel, estimate, likeliest, load_type_models
from pipeline.label.sheet import Prints, Sheet, Units, units
from pipeline.label.tail import tail_verdicts
from pipeline.label.tools import Tools, tools_for
from pipeline.records import Kind, Label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.label.features import Lines
    from pipeline.label.network.features import Singles
    from pipeline.label.network.model import Scores
    from pipeline.records import Markup, Page, PageKind
    from pipeline.settings import LabelSettings

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
_FEW_LINES: Final = 10
"""Pages of fewer lines are not decided by their type: so little says nothing of it."""
RULES_VERSION: Final = "5"
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
            _spread(page, page_units, label_sheet(sheet, self._model)) for page, page_units, sheet in self.sheets(pages)
        ]

    def label_typed(self, pages: Sequence[Page]) -> list[tuple[tuple[Label, ...], PageKind]]:
        """The labels of each page, as ``label`` gives them, and what kind of page they show it to be."""
        return [(labels, estimate(page, labels)) for page, labels in zip(pages, self.label(pages), strict=True)]

    def sheets(self, pages: Sequence[Page]) -> Iterator[tuple[Page, Units, Sheet]]:
        """Each page's lines with their scores, before kinds are chosen."""
        return ((page, page_units, made(verdict)) for page, page_units, verdict, made in self._readings(pages))

    def _readings(self, pages: Sequence[Page]) -> Iterator[tuple[Page, Units, Judged, Callable[[Judged], Sheet]]]:
        """Each page with what the model says of it, and what makes a sheet of that."""
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
                prints = Prints(page_units.texts, lines.width[part])
                made = partial(_sheet, page, page_units, lines, part, prints, is_bare=is_bare)
                yield page, page_units, verdict, _recovered(made) if page.format in self.recovers else made

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
        types: TypeModel | None,
        ask_below: float,
    ) -> None:
        """Put the parts together; ``ask_below`` as in ``LabelSettings``.

        :param types: by which lines of text are decided on pages that are no articles; None: like an article's.
        """
        super().__init__(model)
        self._ask_below = ask_below
        self._network = network
        self._second = second
        self._markup = markup
        self._types = types
        digests = f"{network.digest}+{second.digest}+{markup.digest}" + (f"+{types.digest}" if types else "")
        self.version = f"{digests}+{model.version}+rules{RULES_VERSION}"

    def label(self, pages: Sequence[Page]) -> list[tuple[Label, ...]]:
        """See ``Labeller.label``."""
        return [self._labels(*own)[0] for own in self._readings(pages)]

    def label_typed(self, pages: Sequence[Page]) -> list[tuple[tuple[Label, ...], PageKind]]:
        """The labels of each page, as ``label`` gives them, and what kind of page they show it to be."""
        is_committed = self._types is load_type_models()["text"]
        typed = []
        for page, page_units, judged, made in self._readings(pages):
            labels, chances = self._labels(page, page_units, judged, made)
            typed.append((labels, likeliest(chances) if chances and is_committed else estimate(page, labels)))
        return typed

    def _labels(
        self, page: Page, page_units: Units, judged: Judged, made: Callable[[Judged], Sheet]
    ) -> tuple[tuple[Label, ...], tuple[float, ...]]:
        """The labels of one page, and what they say of its type if that was asked; of plain text, decided again where
        they show that it is no article.

        Only the decision is shifted: scores stay as they were, and with them what rules read from them.
        """
        sheet = made(judged)
        labels = _spread(page, page_units, label_sheet(sheet, self._model))
        if self._types is None or not _may_shift(page, sheet):
            return labels, ()
        chances = self._types.chances(page_facts(page, labels))
        shift = self._types.shift(chances)
        again = made(_decided(judged, shift)) if shift else sheet
        if again.keep == sheet.keep:
            return labels, chances
        return _spread(page, page_units, label_sheet(again, self._model)), ()

    def label_shifted(self, page: Page, shifts: Sequence[float]) -> list[tuple[Label, ...]]:
        """The labels of one page as they would be if its type shifted the log-odds by so much; for the fit."""
        ((page, page_units, judged, made),) = self._readings([page])
        whole = made(judged)
        sheets = [made(_decided(judged, shift)) if shift and _may_shift(page, whole) else whole for shift in shifts]
        labels = {sheet.keep: _spread(page, page_units, label_sheet(sheet, self._model)) for sheet in sheets}
        return [labels[sheet.keep] for sheet in sheets]

    def _judge(self, batch: Sequence[tuple[Page, Units]], lines: Lines, tools: Tools) -> Iterator[Judged]:
        """By the network, from the probability that promises the best word F1 of the page."""
        scored = self._network.score([own.texts for _, own in batch], [own.blank for _, own in batch], tools.loops)
        bare = iter(
            self._second.read(
                [own for own, (_, page_units) in zip(scored, batch, strict=True) if not page_units.markup]
            )
        )
        for (page, page_units), scores in zip(batch, scored, strict=True):
            main = None
            if page_units.markup:
                read, main = self._read_markup(page, page_units, page_units.markup, scores)
            else:
                read = next(bare)
            # decided on what is shown: the last bits of the network's sums differ between processors
            body = np.round(read, _SCORE_DIGITS)
            yield Judged(body, worth_keeping(body, scores.width), scores.kinds, scores.width, tuple(main or ()))

    def _read_markup(
        self, page: Page, page_units: Units, markup: Sequence[Markup], scores: Scores
    ) -> tuple[Floats, list[bool | None] | None]:
        """Scores of HTML lines, and the second opinion on them if it was asked."""
        facts = MarkupFacts(scores, markup)
        read = None
        if self._ask_below < 1:
            read = self._markup.read(facts)
            if promised(read, scores.width) >= self._ask_below:
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
                types=load_type_models()["text"],
                ask_below=settings.ask_below,
            )


def recover(sheet: Sheet) -> Sheet:
    """What is kept, and with it each paragraph that follows or precedes a kept one and is not quite likely enough.

    The last paragraph of an article is the one most often lost. Lines of certain rules (an advertisement) may stand
    between; a heading that opens another section (``Most read``) may not.
    """
    least = _BESIDE * max(sheet.score, default=0.0)
    doubtful = {
        index
        for index, (kept, score) in enumerate(zip(sheet.keep, sheet.score, strict=True))
        if not kept and score >= least and sheet.fits[index] is None and _is_paragraph(sheet, index)
    }
    if not doubtful:
        return sheet
    keep = list(sheet.keep)
    for order in (range(len(sheet)), reversed(range(len(sheet)))):
        beside = False
        for index in order:
            fit = sheet.fits[index]
            if sheet.keep[index]:
                beside = _is_paragraph(sheet, index)
            elif fit is not None and fit.certain:
                beside = beside and fit.name not in SECTION_OPENERS
            else:
                keep[index] = keep[index] or (beside and index in doubtful)
                beside = False
    return replace(sheet, keep=tuple(keep))


def _recovered(made: Callable[[Judged], Sheet]) -> Callable[[Judged], Sheet]:
    return lambda judged: recover(made(judged))


def _may_shift(page: Page, sheet: Sheet) -> bool:
    """Whether the page's type has a say: on plain text that is neither all body nor too short to have a type."""
    return page.format == "text" and not sheet.bare and len(sheet) >= _FEW_LINES


def _decided(judged: Judged, shift: float) -> Judged:
    """The decision made again with the log-odds shifted; the scores stay as they are."""
    assert judged.words is not None
    return replace(judged, keep=worth_keeping(shifted(judged.score, np.asarray(shift)), judged.words))


def _is_paragraph(sheet: Sheet, index: int) -> bool:
    return sheet.stop[index] and sheet.width[index] >= PROSE_WIDTH


def label_sheet(sheet: Sheet, model: Model) -> list[Label]:
    """Kind and reason of every unit of a page, from scores that are settled; aligned with the sheet."""
    tail = tail_verdicts(sheet)
    if tail:
        sheet = replace(sheet, keep=tuple(keep and index not in tail for index, keep in enumerate(sheet.keep)))
    head = head_kinds(sheet, model.title)
    verdicts = body_kinds(sheet)
    for decided in (chrome_kinds(sheet, {*head, *tail}), head, tail):
        for index, verdict in decided.items():
            verdicts[index] = verdict
    return list(map(_label, verdicts, sheet.score, sheet.main or repeat(None)))


@lru_cache(maxsize=1 << 16)
def _label(verdict: tuple[Kind, str], score: float, main: bool | None) -> Label:
    """Equal labels are one: scores have four digits, so most come again."""
    return Label(verdict[0], score, verdict[1], main)


def _sheet(  # noqa: PLR0917  (called by place, as a partial)
    page: Page, page_units: Units, lines: Lines, part: slice, prints: Prints, judged: Judged, *, is_bare: bool
) -> Sheet:
    """The columns of one page; the certain rules overrule the scores."""
    scores = tuple(judged.score.tolist())
    fits, tags = lines.fits[part], tuple(page_units.tags)
    keep = [True] * len(scores) if is_bare else judged.keep.tolist()
    for index, fit in enumerate(fits):
        if fit is not None and (fit.certain or (fit.kind is Kind.CAPTION and scores[index] < _SURE_BODY)):
            keep[index] = False
    recovered_from = tuple(page_units.sources) if any(page_units.sources) else ()
    if recovered_from:
        # whoever publishes says that this is the article; a rule that is certain still takes out an advertisement
        keep = [
            kept or (source != "" and not (fit is not None and fit.certain))
            for kept, source, fit in zip(keep, recovered_from, fits, strict=True)
        ]
    if "figcaption" in tags:
        keep = [kept and tag != "figcaption" for kept, tag in zip(keep, tags, strict=True)]
    return Sheet(
        texts=lines.texts[part],
        tags=tags,
        fits=fits,
        width=tuple(lines.width[part].tolist()),
        stop=tuple(lines.stop[part].tolist()),
        item=tuple(lines.bullet[part].tolist()),
        repeats=tuple(lines.repeats[part].tolist()),
        score=scores,
        keep=tuple(keep),
        bare=is_bare,
        declared=page.declared,
        prints=prints,
        kinds=judged.kinds,
        sources=recovered_from,
        bits=lines.bits[part],
        main=judged.main,
    )


def _opinion(page: Page, page_units: Units) -> list[bool | None] | None:
    """Which lines an extractor that reads markup keeps; None for text, and where the HTML is not at hand."""
    if page.content is None:
        return None
    # lxml is needed for HTML only
    from pipeline.split.opinion import second_opinion  # noqa: PLC0415

    main = second_opinion(page)
    return None if main is None else page_units.of_first(main)


def _spread(page: Page, page_units: Units, verdicts: list[Label]) -> tuple[Label, ...]:
    """A label for every line from those of the units; a line with nothing visible in it is navigation."""
    if page_units.members is None:
        return tuple(verdicts)
    spread = [Label(Kind.NAVIGATION, 0.0, "rule:no_letters")] * len(page.lines)
    for members, verdict in zip(page_units.members, verdicts, strict=True):
        for member in members:
            spread[member] = verdict
    return tuple(spread)


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
