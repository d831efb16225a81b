"""Weak kinds: what the markup of a page says a line of its text is, from the names that sites give to their parts.

A site calls the box of its newsletter ``newsletter-signup`` and the list below the article ``related-posts``. The
innermost element that is named so decides, and what stands in such a box (the date of a teaser, the name above a
comment) is of the box's kind. The labels are targets for training and a yardstick, never inputs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from lxml import etree, html

from pipeline.label.rules import is_copyright
from pipeline.records import Kind
from pipeline.train.lines import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_ELEMENT: Final = 6000
"""Characters; the text of a larger element is no line."""
_LONGEST_BYLINE: Final = 160
"""Characters; what an element named for its author holds beyond that is on the author, not the byline."""
_LONGEST_CREDIT: Final = 600
"""Characters; a longer line in a figure is prose in a carelessly named box."""
_SHORTEST_DEK: Final = 40
"""Characters; what is named a subtitle and shorter is a heading between paragraphs."""
_MOST_PROSE: Final = 0.3
"""An element with a greater share of the page's paragraphs is the page and no part of it, whatever its name."""
_HEADLINE: Final = 30
"""Characters from which a link that stands alone outside menus is the headline of another page."""
_NOT_WORDS: Final = re.compile(r"[\W_]+")
_BULLET: Final = re.compile(r"^(?:[*•·●▪+o-]|\d{1,3}[.)])\s+")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ATTRIBUTES: Final = ("class", "id", "role", "aria-label", "itemprop", "data-testid", "data-component", "rel")

_NAMES: Final = tuple(
    (kind, re.compile(rf"(?:^| )(?:{pattern})(?: |$)"))
    for kind, pattern in (
        (
            Kind.CAPTION,
            r"figcaption|(?:wp |image |img |photo |picture |media |figure |video |gallery |slide )?captions?(?: text)?|"
            r""
            r"(?:photo|image|picture|img|media) (?:credits?|source|copyright|legend|description)|credits?|legende|"
            r"bildunterschrift|bildnachweis|bildtext|pie de foto|didascalia|bijschrift",
        ),
        (
            Kind.COMMENTS,
            r"comments?|comment \w+|comments \w+|commentlist|commentform|disqus|disqus thread|respond|replies|"
            r"reply|"
            r"kommentare?|commentaires?|comentarios?|commenti|reacties|coral|spot im|openweb|viafoura|livefyre",
        ),
        (
            Kind.SHARE,
            r"shar(?:e|es|ing)|social|socials|social \w+|addtoany|addthis|sharedaddy|sharethis|ssba|heateor|"
            r"jp relatedposts share|"
            r"follow|follow us|share\w+|sns|teilen|partage|compartir|condividi",
        ),
        (
            Kind.NEWSLETTER,
            r"newsletters?|newsletter\w*|mailchimp|mc embed\w*|mc4wp|optin|opt in|sign ?ups?|mailing list|"
            r"subscribe|subscribe \w+|"
            r"email capture|email form|klaviyo|convertkit|formkit|hs form|mailpoet|sendinblue|nieuwsbrief|"
            r"infolettre|boletin",
        ),
        (
            Kind.APPEAL,
            r"donat(?:e|ion|ions)|donate \w+|support us|fundrais\w+|contribut(?:e|ion)|crowdfunding|patreon|"
            r"spenden?|spendenbox",
        ),
        (
            Kind.RELATED,
            r"related|related\w*|recommend(?:ed|ations?|er)?|recommended\w*|popular|trending|"
            r"most ?(?:read|popular|viewed|recent)|"
            r""
            r"latest(?: \w+)?|recent(?: (?:posts?|articles?|news|entries))?|read ?(?:more|next|also|on)|up ?next|"
            r"similar|teasers?|teaser\w*|"
            r"more (?:from|stories|news|articles|posts|on)|outbrain|taboola|obr|upnext|also(?: \w+)?|you may|"
            r"further|next (?:post|article)|"
            r"prev(?:ious)? (?:post|article)|post navigation|nav (?:previous|next|links)|top stories|headlines|"
            r"meistgelesen|meist gelesen|"
            r"plus lus|mas leidas?|mas leido|crp|yarpp|jp relatedposts|wp block latest posts|zergnet|topstories|"
            r"ticker",
        ),
        (
            Kind.AUTHOR_BIO,
            r"(?:author|writer|contributor|user|team|staff) ?(?:bio|box|info|card|description|profile|"
            r"block|about|details|section|desc|content)|"
            r""
            r"about (?:the )?author|bio|biography|authorbox|authorbio|saboxplugin wrap|"
            r"pp multiple authors boxes wrapper|autorenbox",
        ),
        (
            Kind.EMBED,
            r"embed|embeds|embedded|oembed|wp block embed|twitter tweet|tweet|instagram media|instagram|fb post|"
            r"fb video|tiktok embed|"
            r"youtube|video player|jw ?player|vjs|video js|brightcove|player|plyr|audio player|mejs\w*|"
            r"reddit (?:card|embed)",
        ),
        (
            Kind.LEGAL,
            r"copyright|copy right|legal|legals|privacy|cookies?|cookie \w+|consent|gdpr|ccpa|onetrust|cookiebot|"
            r"disclaimer|disclosure|"
            r"terms|imprint|impressum|trustarc|cmp|didomi|sp message",
        ),
        (
            Kind.PROMO,
            r"promo|promos|promo\w*|promotion|promoted|ads?|ad \w+|advert\w*|sponsor\w*|banner|cta|call to action|"
            r"paywall|regwall|"
            r"affiliate|dfp|google ?ads?|adsbygoogle|gpt|upsell|subscription|offers?|membership|premium|anzeige|"
            r"werbung|publicidad",
        ),
        (
            Kind.NAVIGATION,
            r"nav|navi|navigation|navbar|nav\w*|menus?|menu\w*|submenu|sub menu|breadcrumbs?|breadcrumb\w*|"
            r"pagination|pager|page numbers|"
            r"toc|table of contents|search|searchform|login|signin|skip link|skip|sitemap|topbar|masthead|"
            r"offcanvas|hamburger|"
            r"site (?:header|footer|navigation|branding)|footer (?:nav|menu|links)|language switcher|"
            r"lang switcher|"
            r"tag cloud|tags links|cat links|tagcloud|tags?|post tags|tag list|topics|categories",
        ),
        (
            Kind.DEK,
            r"dek|deck|standfirst|stand first|sub ?(?:title|headline|heading|head)|strapline|post excerpt|"
            r"article (?:summary|lead|intro|excerpt|dek|subtitle)|"
            r"lead ?paragraph|headline sub|entry subtitle|chapo|chapeau|vorspann|entradilla|bajada|sottotitolo|"
            r"occhiello",
        ),
        (
            Kind.BYLINE,
            r"byline|bylines|byline\w*|by line|authors?|author \w+|vcard author|post author|article author|"
            r"contributors?|written by|autor|auteur|autore|redacteur",
        ),
        (
            Kind.DATE,
            r"(?:entry |post |article |publish(?:ed)? |publication |pub |updated |modified |"
            r"created )?(?:date|datetime|timestamp|time|dateline)|"
            r""
            r"date\w*|posted on|published|datepublished|datemodified|pubdate|publish|timestamp|read(?:ing)? time|"
            r"meta date|datum|fecha",
        ),
    )
)
"""Names of parts in the order in which they are tried on one element. Names are lower-cased words between spaces."""
_FIELDS: Final = frozenset({Kind.CAPTION, Kind.DEK, Kind.BYLINE, Kind.DATE})
"""Within a box of chrome these are the box's: a teaser's picture and date are parts of the teaser."""
_TAGS: Final = {"figcaption": Kind.CAPTION, "time": Kind.DATE, "nav": Kind.NAVIGATION}
_PAGE_PARTS: Final = {"header": Kind.NAVIGATION, "footer": Kind.NAVIGATION}
_ARTICLE_HEAD: Final = re.compile(r"entry|post|article|page|content|hero|story|title")
_IN_ARTICLE: Final = frozenset({"article", "main", "aside"})
_PAGE_NAMES: Final = frozenset({"html", "body", "main", "article"})
"""Elements whose names speak of the page (``single-post has-sidebar``) and not of what they hold."""


def weak_kinds(source: str, texts: Sequence[str]) -> list[Kind | None]:
    """Kind of each line as the markup names it; None where no element has exactly its text or nothing is named.

    :param source: the page's HTML.
    :param texts: lines of its text, in order. Equal lines are matched with equal elements in order.
    """
    places = _places(source)
    seen: dict[str, int] = defaultdict(int)
    kinds: list[Kind | None] = []
    for text in texts:
        key = plain(_BULLET.sub("", text))
        found = places.get(key, [])
        kind = found[min(seen[key], len(found) - 1)] if found else None
        seen[key] += 1
        kinds.append(_settled(text, kind))
    return kinds


def _settled(text: str, kind: Kind | None) -> Kind | None:
    """The kind, unless the line is too long for it or says itself what it is."""
    if is_copyright(text) and kind is not Kind.CAPTION:
        return Kind.LEGAL
    if kind is Kind.BYLINE and len(text) > _LONGEST_BYLINE:
        return Kind.AUTHOR_BIO
    if kind in {Kind.CAPTION, Kind.DEK} and len(text) > _LONGEST_CREDIT:
        return None
    if kind is Kind.DEK and len(text) < _SHORTEST_DEK:
        return None
    if kind is Kind.DATE and (len(text) > _LONGEST_BYLINE or not any(map(str.isdigit, text))):
        return None
    return kind


def _places(source: str) -> dict[str, list[Kind | None]]:
    """For each text that is the whole of some element, the kinds of the deepest such elements, in order."""
    try:
        root = html.document_fromstring(source.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, etree.LxmlError):
        return {}
    prose = _prose(root)
    inherited: dict[Any, Kind | None] = {}
    places: dict[str, list[Kind | None]] = defaultdict(list)
    holders: dict[str, Any] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        above = inherited.get(element.getparent())
        whole = prose[element] > _MOST_PROSE * prose[root]
        kind = _kind_within(_own_kind(element), above, is_page=whole)
        inherited[element] = kind
        if element.tag in {"script", "style", "noscript"}:
            continue
        text = str(element.text_content())
        if not 0 < len(text) < _LONGEST_ELEMENT:
            continue
        key = plain(text)
        if not key:
            continue
        if kind is None and _is_headline_link(element, text):
            kind = Kind.RELATED
        holder = holders.get(key)
        if holder is not None and any(up is holder for up in element.iterancestors()):
            places[key][-1] = kind
        else:
            places[key].append(kind)
        holders[key] = element
    return places


def _prose(root: Any) -> dict[Any, int]:
    """Characters of the paragraphs in each element."""
    prose: dict[Any, int] = defaultdict(int)
    for paragraph in root.iter("p"):
        size = len(str(paragraph.text_content()))
        for up in (paragraph, *paragraph.iterancestors()):
            prose[up] += size
    return prose


def _kind_within(own: Kind | None, above: Kind | None, *, is_page: bool) -> Kind | None:
    """What an element holds, by its own names and those of the box it stands in."""
    if is_page and own is not Kind.COMMENTS:
        return above
    return above if own is None or (own in _FIELDS and above not in _FIELDS and above is not None) else own


def _own_kind(element: Any) -> Kind | None:
    """What the names of an element, or its tag, say it holds."""
    if element.tag in _TAGS:
        return _TAGS[element.tag]
    words = ""
    if element.tag not in _PAGE_NAMES:
        names = " ".join(filter(None, (element.get(name) for name in _ATTRIBUTES)))[:400]
        if names:
            words = _NOT_WORDS.sub(" ", _CAMEL.sub(" ", names)).lower().strip()
            for kind, pattern in _NAMES:
                if pattern.search(words):
                    return kind
    if element.tag in _PAGE_PARTS and not any(up.tag in _IN_ARTICLE for up in element.iterancestors()):
        return None if _ARTICLE_HEAD.search(words) else _PAGE_PARTS[element.tag]
    return None


def _is_headline_link(element: Any, text: str) -> bool:
    """Whether an element of no named box is a link, and nothing else, as long as a headline."""
    return element.tag == "a" and len(" ".join(text.split())) >= _HEADLINE
