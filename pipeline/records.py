"""The small frozen records that the steps hand to each other, one per step, documented field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal, NamedTuple


class Kind(StrEnum):
    """What a line of the input is. Every non-blank line gets exactly one."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"

    TITLE = "title"
    DEK = "dek"
    BYLINE = "byline"
    DATE = "date"
    CAPTION = "caption"

    NAVIGATION = "navigation"
    NEWSLETTER = "newsletter"
    SHARE = "share"
    RELATED = "related"
    COMMENTS = "comments"
    AUTHOR_BIO = "author_bio"
    APPEAL = "appeal"
    LEGAL = "legal"
    EMBED = "embed"
    PROMO = "promo"

    DUPLICATE = "duplicate"


BODY = frozenset({Kind.PARAGRAPH, Kind.HEADING, Kind.LIST_ITEM, Kind.QUOTE})
"""Kinds that make up an article's ``text``."""

METADATA = frozenset({Kind.TITLE, Kind.DEK, Kind.BYLINE, Kind.DATE, Kind.CAPTION})
"""Kinds that leave the text and are kept in fields."""

CHROME = frozenset(
    {
        Kind.NAVIGATION,
        Kind.NEWSLETTER,
        Kind.SHARE,
        Kind.RELATED,
        Kind.COMMENTS,
        Kind.AUTHOR_BIO,
        Kind.APPEAL,
        Kind.LEGAL,
        Kind.EMBED,
        Kind.PROMO,
    }
)
"""Kinds that are removed as site chrome (boilerplate)."""


OVERRIDE = "override"
"""Leading word of the reason of what a person decided."""


class PageType(StrEnum):
    """What kind of page an input is, as it is estimated."""

    ARTICLE = "article"
    """A story, a post of a blog, an essay, a guide."""
    FORUM = "forum"
    """A thread: posts that answer each other, or a question with its answers."""
    DOCUMENTATION = "documentation"
    """A page of a manual or of a reference."""
    PRODUCT = "product"
    """One thing for sale."""
    LISTING = "listing"
    """Many things or pages, each with a line or two: a category of a shop, an index of posts, results."""
    SERVICE = "service"
    """What a company or an office offers: a landing page."""


class Fault(StrEnum):
    """Why an input is in quarantine. Each value is one way to fail, told apart because each has its own remedy."""

    EMPTY = "empty"
    BINARY = "binary"
    TOO_LARGE = "too_large"
    BOMB = "decompression_bomb"
    CORRUPT = "corrupt"
    UNREADABLE = "unreadable"
    UNDECODABLE = "undecodable"
    BAD_RECORD = "bad_record"
    UNSUPPORTED = "unsupported"
    TOO_DEEP = "too_deep"
    NO_TEXT = "no_text"
    CRASHED = "crashed"
    """A step failed on it: an exception, or the end of the process (a segmentation fault)."""
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"

    @classmethod
    def of(cls, error: BaseException) -> Fault:
        """What it means that a step raised ``error``."""
        return cls.OUT_OF_MEMORY if isinstance(error, MemoryError) else cls.CRASHED


@dataclass(frozen=True, slots=True)
class Hints:
    """What a sidecar, a manifest or a record says about an input that the input itself cannot carry."""

    url: str | None = None
    fetched_at: str | None = None
    """ISO 8601 moment of the download, as given."""
    language: str | None = None
    """BCP 47 tag, as given."""


Described = Mapping[str, list[str]]
"""Title, people, dates and the like that stand beside a page, by name of the ``<meta>`` of the same meaning."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """One file that was found; it may hold one input (text, HTML) or many (JSON Lines, Parquet, WARC)."""

    origin: str
    """The SOURCE argument it was found under, as an absolute URI or path."""
    source: str
    """Path relative to ``origin`` with forward slashes (its own name where ``origin`` is the file itself)."""
    uri: str
    """Where to open it, for fsspec."""
    size: int
    """Bytes on the storage, before decompression; -1 where the storage does not say."""
    hints: Hints = Hints()
    version: str = field(default="", compare=False)
    """Changes when the file is written again: its times on a local disk, an entity tag or time of change elsewhere;
    empty where the storage does not say. Not a part of which file it is."""


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page that the corpus has: its bytes were hashed, and not decoded again."""

    origin: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RawPage:
    """One input, decoded, before it is split into lines."""

    origin: str
    source: str
    """As in ``FileRef``; a record of a container adds ``#N``, its 1-based number."""
    format: Literal["text", "html"]
    content: str
    encoding: str
    """Codec name as Python spells it, lower case (``utf-8``, ``utf-8-sig``, ``cp1252``, ...)."""
    sha256: str
    """Hex digest of the input's bytes: the decompressed file, or the record's content in UTF-8."""
    size: int
    """Number of those bytes."""
    hints: Hints = Hints()
    described: Described = field(default_factory=dict)
    """What a record says of its page."""
    truncated: bool = False
    """Whether a web archive holds only the beginning of the page, by its own word or because the body breaks off."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One input that could not be processed. It is never lost: it can be retried."""

    origin: str
    source: str
    stage: Literal["find", "read", "split", "label", "assemble"]
    fault: Fault
    detail: str
    """One sentence for a person: what is wrong and what to do."""
    size: int = -1
    sha256: str | None = None
    """Digest of the bytes as stored, where they could be read."""


class Skip(StrEnum):
    """Why a record of a web archive is no input."""

    REVISIT = "revisit"
    """It says that a page had not changed, and holds no copy of it."""
    REQUEST = "request"
    METADATA = "metadata"
    WARCINFO = "warcinfo"
    OTHER_RECORD = "other_record"
    """The rest of a record that was cut in segments, or a type that the standard does not name."""
    NOT_FETCHED = "not_fetched"
    """Its address is none of the web's: a DNS answer, a crawler's log, a screenshot."""
    ROBOTS = "robots"
    """``robots.txt``."""
    REDIRECT = "redirect"
    """Answered with status 3xx."""
    CLIENT_ERROR = "client_error"
    """Answered with status 4xx."""
    SERVER_ERROR = "server_error"
    """Answered with status 5xx."""
    OTHER_STATUS = "other_status"
    """Answered with any other status but 200."""
    MEDIA_TYPE = "media_type"
    """Neither HTML nor text: an image, a script, a feed."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """One record of a web archive that holds no page. It is not an input, so it is counted and not stored."""

    origin: str
    source: str
    reason: Skip


class Markup(NamedTuple):
    """What the HTML around a line says of it: made by ``split``, read by ``label.network.markup``, never stored.

    A tuple, because it is made for every line, and three times as fast as a dataclass.
    """

    flags: int
    """Bits of ``split.places.FLAGS`` that hold for all of the line's text."""
    linked: int
    """Per cent of its characters that stand in links."""
    depth: int
    """Block elements around it."""
    blocks: tuple[int, ...]
    """Numbers, in the order of the page, of the innermost block elements around it (at most six), innermost first."""
    paths: tuple[int, int]
    """Two numbers that stand for the tags and classes of the two blocks next to it, and of the three around those."""


SCRIPT: Final = "script"
"""``Line.tag`` of text that a page never shows: scripts, style sheets, data."""
FRONT_MATTER: Final = "front_matter"
"""``Line.tag`` of what a tool wrote about a text above it."""
PREFORMATTED: Final = frozenset({"pre", "listing", "xmp"})
"""``Line.tag`` of text whose lines stay as they are written: code, verse, mail."""
UNSEEN: Final = frozenset({SCRIPT, FRONT_MATTER})
"""Tags of lines that readers of the page do not see."""


class Line(NamedTuple):
    """One non-blank line of a page, in order. A tuple for the reason that ``Markup`` is one."""

    number: int
    """1-based line number in the input (for HTML: in its rendering to lines)."""
    part: int
    """0, or 1, 2, ... where one line was cut: at ends of blocks that it had lost, or at those of its sentences."""
    text: str
    """The line as it was, without surrounding white space; of preformatted text with that before it."""
    clean: str
    """The same, normalised; empty if nothing visible was in it."""
    paragraph: int
    """Lines with the same number are one hard-wrapped paragraph and are joined by a space, or one of preformatted text
    and stay lines; otherwise unique."""
    blank_before: bool
    """Whether at least one blank line (in HTML: a block boundary) stands before it."""
    tag: str = ""
    """HTML: name of the nearest block element (``p``, ``h2``, ``li``, ``figcaption``, ...); plain text: what
    Markdown makes of it, ``SCRIPT``, ``FRONT_MATTER``, or empty."""
    markup: Markup | None = None
    """HTML, until the line is labelled; None for plain text and lines read back from a corpus."""
    source: str = ""
    """HTML, until the line is labelled: the data that holds it where the page does not show it: ``json_ld``,
    ``microdata`` or ``state``."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about an article besides its text. Absent means unknown, never guessed."""

    title: str | None = None
    dek: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    """ISO 8601 date or moment; a time zone only where the source gives one."""
    updated: str | None = None
    language: str | None = None
    """ISO 639-1 code."""
    site: str | None = None
    """Host name without ``www.``."""
    url: str | None = None
    canonical_url: str | None = None
    """The address that the page itself declares (``rel=canonical``, ``og:url``)."""
    site_name: str | None = None
    """The site's name as it writes it (``og:site_name``)."""
    section: str | None = None
    """schema.org ``articleSection``."""
    tags: tuple[str, ...] = ()
    """schema.org ``keywords``."""
    license: str | None = None
    """schema.org ``license`` or ``rel=license``: an address or a name, as stated."""
    is_free: bool | None = None
    """schema.org ``isAccessibleForFree``: False behind a paywall; None where not stated."""


@dataclass(frozen=True, slots=True)
class Page:
    """One input as a sequence of lines."""

    id: str
    """Article id: 16 hex digits, a pure function of source path and content."""
    origin: str
    source: str
    format: Literal["text", "html"]
    encoding: str
    sha256: str
    size: int
    hints: Hints
    lines: tuple[Line, ...]
    declared: Metadata = field(default_factory=Metadata)
    """What the markup itself declares (empty for plain text)."""
    title_of_service: str | None = None
    """HTML, until the page is labelled: what it is called if that shows a service's page; never stored."""
    signs: tuple[str, ...] = ()
    """HTML, until the page is labelled: what the markup says of the kind of page (``split.signs``); never stored."""
    content: str | None = None
    """HTML as decoded, until the page is labelled: a second opinion may be asked for; else None."""


@dataclass(frozen=True, slots=True)
class Label:
    """The verdict on one line."""

    kind: Kind
    score: float
    """The labeller's estimate, 0 to 1, that the line is body text; rules leave it as it was."""
    reason: str
    """``model``, ``rule:<name>``, ``template:<site>``, ``duplicate:<line or paragraph id>``, ``override`` (a person's
    correction) or ``override:<site>`` (a site file)."""
    main: bool | None = None
    """Whether the second opinion (an extractor that reads markup) keeps the line; None where it was not asked."""

    @property
    def is_override(self) -> bool:
        """Whether a person decided; nothing that is learned goes against it."""
        return self.reason == OVERRIDE or self.reason.startswith(f"{OVERRIDE}:")


@dataclass(frozen=True, slots=True)
class PageKind:
    """An estimate of what kind of page it is."""

    type: PageType
    chance: float
    """Its probability, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of an article's text."""

    kind: Kind
    text: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Article:
    """A page with its lines decided: text, fields, and the reason for everything that is not in the text."""

    page: Page
    labels: tuple[Label, ...]
    """Aligned with ``page.lines``; the final verdicts."""
    metadata: Metadata
    captions: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """The body: paragraphs parted by one blank line."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)
