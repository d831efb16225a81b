"""Made-up pages of invented newspapers in any number: prose that only copies share, and the chrome of each site.

Every tenth story is an agency's and stands again on the next site, with a lead of its own. Every tenth page is HTML,
all others are plain text. Page ``n`` is the same however many are asked for, so a corpus can be grown by more of them.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dedup_prose import Writer

SITES = 40
AGENCY_EVERY = 10
HTML_EVERY = 10
PARAGRAPHS = (4, 9)
GIVEN = ("Ada", "Tomas", "Mina", "Jules")
FAMILY = ("Brandt", "Reyes", "Okafor", "Laurent")
_FOLDER_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class Printed:
    """One story as one newspaper prints it."""

    paper: str
    title: str
    author: str
    date: str
    body: tuple[str, ...]
    teasers: tuple[str, ...]

    def text(self) -> str:
        """The page as a scraper saves it without markup."""
        return "\n".join(
            [
                f"Skip to content\n{self.paper}\nHome\nNews\nSport\nCulture\nSubscribe\n",
                f"{self.title}\n",
                f"By {self.author}\n{self.date}\n",
                "\n\n".join(self.body),
                "\nShare this article\nFacebook\nTwitter\n",
                f"Sign up for the {self.paper} newsletter\nEnter your email address\n",
                "\n".join(["Most read", *self.teasers]) + "\n",
                f"© 2024 {self.paper}. All rights reserved.\n",
            ]
        )

    def html(self) -> str:
        """The page with its markup."""
        title, sections = html.escape(self.title), "".join(f"<li><a href=/{at}>{at}</a></li>" for at in ("News", "Art"))
        body = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in self.body)
        read = "".join(f"<li><a href=/{at}>{html.escape(teaser)}</a></li>" for at, teaser in enumerate(self.teasers))
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} | {self.paper}</title>"
            f'<meta property="og:site_name" content="{self.paper}"></head><body><nav><ul>{sections}</ul></nav>'
            f"<main><article><h1>{title}</h1><p class=byline>By {self.author}</p><time>{self.date}</time>"
            f"{body}</article></main><aside class=newsletter><p>Sign up for the {self.paper} newsletter</p></aside>"
            f"<aside class=most-read><h2>Most read</h2><ul>{read}</ul></aside>"
            f"<footer><p>© 2024 {self.paper}. All rights reserved.</p></footer></body></html>"
        )


def printed(number: int) -> Printed:
    """What stands on page ``number``."""
    own = random.Random(f"page {number}")
    # The page before carried this story for another site, which prints a lead of its own.
    copied = number % AGENCY_EVERY == 1
    story = random.Random(f"story {number - copied}")
    writer, editor = Writer("en", story), Writer("en", own)
    title = writer.paragraph(7).rstrip(".")
    body = [writer.paragraph(writer.length()) for _ in range(story.randint(*PARAGRAPHS))]
    if copied:
        body[0] = editor.paragraph(25)
    return Printed(
        paper=f"Courier {number % SITES}",
        title=title,
        author=f"{own.choice(GIVEN)} {own.choice(FAMILY)}",
        date=f"March {own.randint(1, 28)}, {own.randint(2015, 2024)}",
        body=tuple(body),
        teasers=tuple(editor.paragraph(7).rstrip(".") for _ in range(4)),
    )


def write_pages(folder: Path, first: int, last: int) -> None:
    """Pages ``first`` up to, but not including, ``last`` as files, a thousand in a folder."""
    for number in range(first, last):
        page = printed(number)
        ending, content = ("html", page.html()) if number % HTML_EVERY == 0 else ("txt", page.text())
        file = folder / f"{number // _FOLDER_PAGES:05}" / f"courier-{number % SITES}.example-{number}.{ending}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
