"""What is near a text, for a person: places, similarities, and the words that differ."""

from __future__ import annotations

import sys
from dataclasses import asdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rich.text import Text

from pipeline.errors import UsageError
from pipeline.show.screen import console_on, shortened, visible

if TYPE_CHECKING:
    from pipeline.lookup import Lookup, NearArticle, NearParagraph

DIFFERED = 1_000
"""Words of a paragraph that are compared word by word: the time this takes grows with their square."""

PLACES = 5
"""Places of a paragraph that are named; the rest are counted."""

QUOTED = 100
"""Characters quoted of a paragraph that was asked about."""

_FILE_ENDINGS = (".txt", ".md", ".html", ".htm", ".json", ".csv")


def text_of(argument: str) -> str:
    """The text that a person means: the content of a file, standard input for ``-``, or the words themselves.

    :raises UsageError: what must be the name of a file is none, or it cannot be read
    """
    try:
        if argument == "-":
            return sys.stdin.read()
        # A text may be longer than any file's name can be.
        if len(argument) < 1_000 and "\n" not in argument and "\0" not in argument and Path(argument).is_file():
            return Path(argument).read_text("utf-8-sig", "replace")
    except OSError as error:
        raise UsageError(f"{visible(argument)}: {error.strerror or error}") from error
    if not any(map(str.isspace, argument)) and ("/" in argument or argument.lower().endswith(_FILE_ENDINGS)):
        raise UsageError(f"no file {visible(argument)}: name a file, give a text in quotes, or - for standard input")
    return argument


def lookup_json(found: Lookup) -> dict[str, Any]:
    """What was found, for programs."""
    return {
        "release": found.release,
        "threshold": found.threshold,
        "asked": list(found.asked),
        "paragraphs": [asdict(each) for each in found.paragraphs],
        "articles": [asdict(each) for each in found.articles],
    }


def print_lookup(found: Lookup, file: IO[str] | None = None) -> None:
    """Articles first, then each paragraph of the text with what is near it."""
    console = console_on(file)
    for article in found.articles:
        console.print(_article_line(article), soft_wrap=True)
    for number, asked in enumerate(found.asked):
        near = [each for each in found.paragraphs if each.asked == number]
        if len(found.asked) > 1 and near:
            console.print(Text(f"\nparagraph {number + 1}: {shortened(visible(asked), QUOTED)}"), soft_wrap=True)
        for each in near:
            console.print(_paragraph_line(each), soft_wrap=True)
            console.print(Text("    ") + word_diff(asked, each.text), soft_wrap=True)
    if not found.paragraphs and not found.articles:
        console.print(Text(f"nothing at {found.threshold:g} or nearer in release {found.release}"))


def _article_line(article: NearArticle) -> Text:
    line = Text("article   ", style="bold") + _likeness(article)
    line.append(f"  {article.id}  {shortened(visible(article.source), 80)}")
    if article.title:
        line.append(f"  {shortened(visible(article.title), 80)}", style="italic")
    return line


def _paragraph_line(near: NearParagraph) -> Text:
    line = Text("paragraph ", style="bold") + _likeness(near)
    line.append("  " + " ".join(near.places[:PLACES]))
    rest = near.place_count - PLACES
    if rest > 0:
        line.append(f" and {rest} more", style="dim")
    return line


def _likeness(near: NearArticle | NearParagraph) -> Text:
    return Text(
        f"jaccard {near.jaccard:.3f} (estimated {near.estimated:.3f}), containment {near.containment:.3f}", style="cyan"
    )


def word_diff(asked: str, found: str) -> Text:
    """The words of ``found``, with what ``asked`` has instead: ``[-asked-]{+found+}``."""
    old, new = asked.split(), found.split()
    if max(len(old), len(new)) > DIFFERED:
        return Text(shortened(visible(found), 2 * QUOTED))
    diff = Text()
    for what, one, one_end, other, other_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if diff and one_end + other_end > one + other:
            diff.append(" ")
        removed, added = visible(" ".join(old[one:one_end])), visible(" ".join(new[other:other_end]))
        if what == "equal":
            diff.append(added)
            continue
        if removed:
            diff.append(f"[-{removed}-]", style="red")
        if added:
            diff.append(f"{{+{added}+}}", style="green")
    return diff
