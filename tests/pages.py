"""A seeded newsroom: article pages of invented sites, as plain text and as HTML, with the chrome that sites put around.

What is body is known, so that tests can say what must be kept. The same seed gives the same pages.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass

PEOPLE = ("Ada Brandt", "Tomas Reyes", "Mina Okafor", "Jules Laurent", "Petra Novak", "Sam Whitfield", "Lena Fischer")
PLACES = ("the harbour", "the old market", "the northern district", "the valley", "the university", "the coast road")
THINGS = ("bridge", "library", "tramway", "orchard", "reservoir", "theatre", "clinic", "railway", "archive", "ferry")
ACTS = ("repair", "close", "extend", "sell", "restore", "rename", "inspect", "fund", "relocate", "survey")
REASONS = (
    "after years of complaints from residents",
    "because the costs have doubled since the first estimate",
    "although engineers had warned against it",
    "so that the work can begin before winter",
    "while the council waits for a second opinion",
    "as part of a plan that was agreed last spring",
)
SPEECH = (
    "We have waited long enough for an answer",
    "Nobody should have to travel an hour for this",
    "The figures do not tell the whole story",
    "It is the best decision we could have taken",
)


@dataclass(frozen=True, slots=True)
class Story:
    """One article of one site."""

    site: str
    title: str
    author: str
    date: str
    body: tuple[str, ...]

    def text(self) -> str:
        """The page as a scraper saves it without markup."""
        name = self.site.split(".")[0].title()
        return "\n".join(
            [
                f"Skip to content\n{name}\nHome\nNews\nSport\nCulture\nSubscribe\n",
                self.title,
                f"\nBy {self.author}\n{self.date}\n",
                "\n\n".join(self.body),
                "\nShare this article\nFacebook\nTwitter\n",
                f"Sign up for the {name} newsletter\nEnter your email address\n",
                f"Most read\nTen walks for the weekend\nWhat to cook tonight\n\n© 2024 {name}. All rights reserved.\n",
            ]
        )

    def html(self) -> str:
        """The page with its markup."""
        name = self.site.split(".")[0].title()
        paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in self.body)
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{html.escape(self.title)} | {name}</title>"
            f'<meta property="og:site_name" content="{name}"></head><body>'
            f"<nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li><li><a href=/s>Sport</a></ul></nav>"
            f"<main><article><h1>{html.escape(self.title)}</h1><p class=byline>By {self.author}</p>"
            f"<time>{self.date}</time>{paragraphs}</article></main>"
            f"<aside class=newsletter><p>Sign up for the {name} newsletter</p></aside>"
            f"<footer><p>© 2024 {name}. All rights reserved.</p></footer></body></html>"
        )


def story(seed: int, site: str = "harbour-post.example") -> Story:
    """The story of one seed; stories of different seeds share words but not sentences."""
    rng = random.Random(f"{site}/{seed}")
    thing, act, place = rng.choice(THINGS), rng.choice(ACTS), rng.choice(PLACES)
    person = rng.choice(PEOPLE)
    year, month, day = rng.randint(2015, 2024), rng.choice(("March", "June", "October")), rng.randint(1, 28)
    body = [
        f"The council has voted to {act} the {thing} at {place}, {rng.choice(REASONS)}. "
        f"Work will take {rng.randint(3, 40)} months and cost {rng.randint(2, 90)} million crowns."
    ]
    for _ in range(rng.randint(4, 7)):
        other, verb = rng.choice(THINGS), rng.choice(ACTS)
        body.append(
            f"{rng.choice(PEOPLE)} said that plans to {verb} the {other} near {rng.choice(PLACES)} had been drawn up "
            f"{rng.choice(REASONS)}. “{rng.choice(SPEECH)},” {rng.choice(('she', 'he'))} told reporters on "
            f"{rng.choice(('Monday', 'Tuesday', 'Friday'))}, adding that {rng.randint(20, 900)} people had signed."
        )
    title = f"Council votes to {act} {thing} at {place.removeprefix('the ')}"
    return Story(site, title, person, f"{month} {day}, {year}", tuple(body))


def stories(count: int, sites: int = 3, start: int = 0) -> list[Story]:
    """``count`` stories, dealt out to ``sites`` sites."""
    return [story(seed, f"paper-{seed % sites}.example") for seed in range(start, start + count)]
