"""Scripts, style sheets and data that a tool left in plain text: they are no text of the page, and are kept aside."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.assemble.article import assemble_all
from pipeline.label.labeller import load_labeller
from pipeline.records import SCRIPT, Kind, Page
from pipeline.settings import LabelSettings, NormaliseSettings, SplitSettings
from pipeline.split.scripts import MIXED_CHARS, machine_lines, parted
from tests.growth import LINEAR, growth
from tests.plain import text_page
from tests.strategies.split import nasty_lines

PROSE = (
    "The old ferry is back and sails again from the harbour, as it did for forty years before the storm.",
    "It leaves at nine and takes the people of the island to the market on the other side of the water.",
    "Nobody had thought that the council would pay for a second engine, said the captain on Monday.",
)
TRACKER = """window.dataLayer = window.dataLayer || [];
function gtag(){dataLayer.push(arguments);}
gtag('js', new Date());
if (document.location.hash) {
else
}"""
STYLE = """@font-face {
font-family: "Harbour";
src: url(/fonts/harbour.woff2);
}
.menu .item:hover,
.menu .item:focus {
color: #0a0a0a;
margin: 0 auto;
}"""
DATA = json.dumps(
    {"@context": "https://schema.org", "@type": "NewsArticle", "description": PROSE[0], "articleBody": " ".join(PROSE)}
)
PACKED = "!function(e,t){" + "var n=e.document,r=t||{};r.a=n[0]?r.b(1):{c:'d'};" * 30 + "}(window,{});"
HAN = (
    "昨年の元日に起きた能登半島地震を受け、港の渡し船の整備が全国で進められる中、このほど、島の渡し船が四十年ぶりに再び就航した。"
    "船は朝の九時に港を出て、島の人々を対岸の市場まで運ぶ。11隻の船が31.8キロの海を渡ると、船長が月曜日に語った。"
)
SAMPLE = """const ferry = document.getElementById("ferry");
ferry.addEventListener("click", () => {
  leave(ferry);
});"""


def split(content: str, *, scripts: bool = True) -> Page:
    """The page of a plain text file."""
    return text_page(content, SplitSettings(scripts=scripts))


def shown(page: Page) -> list[str]:
    """What readers see."""
    return [line.clean for line in page.lines if line.tag != SCRIPT]


def test_what_the_page_does_not_show_is_kept_aside() -> None:
    """Of a page whose tags alone were taken out the prose is left to judge; every line is still there, as it came."""
    content = "\n".join(("The ferry is back", TRACKER, STYLE, DATA, PROSE[0], PACKED, *PROSE[1:], TRACKER))
    page = split(content)
    assert shown(page) == ["The ferry is back", *PROSE]
    assert [line.text for line in page.lines] == [line for line in content.split("\n") if line.strip()]
    assert {line.clean for line in page.lines if line.tag == SCRIPT} == {""}


def test_the_article_has_no_script_in_it() -> None:
    """Script is labelled as embedded, by a rule that says so, and the article is its prose."""
    page = split("\n\n".join((TRACKER, DATA, "The ferry is back", *PROSE, STYLE)))
    labeller = load_labeller(LabelSettings())
    labels = labeller.label([page])
    assert {
        (label.kind, label.reason) for line, label in zip(page.lines, labels[0], strict=True) if not line.clean
    } == {(Kind.EMBED, "rule:script")}
    (article,) = assemble_all([page], labels, labeller, split=SplitSettings(), normalise=NormaliseSettings())
    assert article.text.split("\n\n")[-3:] == list(PROSE)
    assert "dataLayer" not in article.text


def test_a_page_of_script_alone_has_no_text() -> None:
    """Nothing is left to be judged, and nothing is lost."""
    page = split(TRACKER)
    labels = load_labeller(LabelSettings()).label([page])[0]
    assert {label.reason for label in labels} == {"rule:script"}
    assert len(labels) == len(TRACKER.split("\n"))


def test_text_between_scripts_on_one_line() -> None:
    """A page without line ends is cut into its scripts and its text; together the parts are the line."""
    text = " ".join(PROSE)
    line = f"{DATA}{PACKED}The ferry is back. {text}.site{{color:red}}{PACKED}"
    page = split(f"{TRACKER}\n{line}")
    own = [part for part in page.lines if part.number == len(TRACKER.split("\n")) + 1]
    assert "".join("".join(part.text for part in own).split()) == "".join(line.split())
    assert [part.part for part in own] == list(range(1, len(own) + 1))
    kept = " ".join(shown(page))
    assert text in kept
    assert "var n" not in kept
    assert "articleBody" not in kept


@pytest.mark.parametrize("text", [HAN, HAN[:60]])
def test_text_without_spaces_between_scripts(text: str) -> None:
    """In Chinese and Japanese nothing parts a text from the code on both sides of it; strings of data are none."""
    line = f"{PACKED}(function(){{f(1)}})();{text}(function(){{g(2)}})();{PACKED}"
    assert [piece for piece, for_machines in parted(line) if not for_machines] == [text]
    data = f'{PACKED} x = ["{HAN}","{HAN}"];{PACKED}'
    assert all(for_machines for _, for_machines in parted(data))


def test_a_huge_object_is_data() -> None:
    """Whatever its names are, if anything else shows that the page has scripts in it."""
    data = json.dumps({f"ferry-{number}.js": f"{number:08x}" for number in range(200)}, separators=(",", ":"))
    assert machine_lines([*PROSE, data, *PROSE, TRACKER]) == [False] * 3 + [True] + [False] * 3 + [True]
    assert not any(machine_lines([*PROSE, data, *PROSE]))
    assert not any(machine_lines([*PROSE, data[:1000], *PROSE, "gtag('js');"]))


def test_tags_within_scripts() -> None:
    """A page whose parts are written by its scripts shows none of their tags."""
    spans = '<span class="b">The ferry</span>' * 20
    template = f'<div class="a">{spans}</div>'
    page = split("\n".join((TRACKER, *PROSE, template, template, f"{template};", *PROSE)))
    assert shown(page) == [*PROSE, *PROSE]


def test_a_page_of_next_js() -> None:
    """Its data stands behind its text, in the same line where the page has no line ends."""
    state = {"name": "ferry", "ports": list(range(300)), "crew": [{"id": number} for number in range(200)]}
    data = json.dumps({"props": {"pageProps": {"ferry": [state], "text": PROSE[0]}}})
    page = split(f"The ferry is back {' '.join(PROSE)}{data}")
    assert " ".join(shown(page)) == f"The ferry is back {' '.join(PROSE)}"


@pytest.mark.parametrize("script", ["a.split(/[{]/);", 'b="{{{";', "c=`${d}{`;", PACKED + "{"])
def test_braces_that_scripts_leave_open_hide_no_text(script: str) -> None:
    """Those in quotes and patterns close nothing; strings of data are no text all the same."""
    text = " ".join(PROSE)
    line = f"{PACKED}window.e=function(){{{script}}};f(); {DATA} g(); The ferry is back. {text} {PACKED}"
    assert [piece for piece, for_machines in parted(line) if not for_machines] == [f"The ferry is back. {text}"]


@pytest.mark.parametrize(
    "string",
    [
        f"\\&quot;{' '.join(PROSE)}\\&quot;",
        f'"{PROSE[0]}\\n{PROSE[1]}"',
        f'"{PROSE[0]} They\\u2019ll see. {PROSE[1]}"',
        f"'{PROSE[0]}'",
    ],
)
def test_strings_are_no_text(string: str) -> None:
    """Text of a description, or of the whole article, stands in data as well."""
    line = f"{PACKED}window.e={{'f':/{{/,'g':{string}}};{PACKED}"
    assert all(for_machines for _, for_machines in parted(line))


def test_a_page_that_opens_with_its_style_and_scripts() -> None:
    """Its head comes first, whatever names are in it; samples of an article stand below its headline."""
    head = [*STYLE.replace("@font-face", ".a:hover").split("\n") * 3, *SAMPLE.split("\n")]
    found = machine_lines([*head, *PROSE])
    assert found == [True] * len(head) + [False] * len(PROSE)
    assert not any(machine_lines(["The ferry is back", *PROSE * 10, *head]))


def test_a_short_article_keeps_its_sample() -> None:
    """Its head and its end are one place: what stands there counts once."""
    assert not any(machine_lines(["The ferry is back", *PROSE, *SAMPLE.split("\n") * 4, *PROSE]))


def test_a_page_that_ends_with_its_scripts() -> None:
    """An article may end with its sample, so something else must say that they are the page's own."""
    end = [*SAMPLE.split("\n") * 4]
    above = ["The ferry is back", *PROSE * 10]
    assert not any(machine_lines([*above, *end]))
    assert machine_lines([*above, *end, "window.dataLayer = [];"]) == [False] * len(above) + [True] * (len(end) + 1)
    assert machine_lines([*above, *end * 2, PACKED[:600] + "}(window,{});"])[len(above) :] == [True] * (
        2 * len(end) + 1
    )


def test_one_huge_line_that_a_program_wrote() -> None:
    """Nobody shows two thousand characters of packed code in a line."""
    data = "var store = [" + '{"id":1,"name":"ferry"},' * 100 + "];"
    assert machine_lines([*PROSE, f"window.{data}", *PROSE]) == [False] * 3 + [True] + [False] * 3
    assert not any(machine_lines([*PROSE, f"window.{data[:500]}", *PROSE]))


@pytest.mark.parametrize("code", [SAMPLE, STYLE, 'window.location = "/";', json.dumps({"ferry": 1, "at": [9]})])
def test_samples_of_code_stay(code: str) -> None:
    """An article that shows code has none of what pages write for browsers and counters, or little of it."""
    assert not any(machine_lines([*PROSE, *code.split("\n"), *PROSE]))


def test_the_setting_keeps_scripts() -> None:
    """With ``split.scripts`` off a line is a line, whatever stands in it."""
    assert all(line.tag != SCRIPT and line.clean for line in split(f"{TRACKER}\n{PROSE[0]}", scripts=False).lines)


@given(st.lists(st.sampled_from([*PROSE, *TRACKER.split("\n"), *STYLE.split("\n"), DATA, "Home", "else"]), min_size=1))
def test_prose_is_never_script(lines: list[str]) -> None:
    """Wherever a sentence of many words without marks stands, it is no script."""
    found = machine_lines(lines)
    assert len(found) == len(lines)
    assert not any(is_script for line, is_script in zip(lines, found, strict=True) if line in PROSE)


@given(nasty_lines)
def test_parts_are_the_line(line: str) -> None:
    """Cut or not, nothing of a line is lost but white space, and the same comes out again."""
    for own in (line, PACKED + line + PACKED):
        pieces = parted(own)
        assert "".join("".join(text for text, _ in pieces).split()) == "".join(own.split())
        assert pieces == parted(own)


@pytest.mark.parametrize("piece", ["{", "}", "a:b;", "window.a(", "x ", "//", '{"a":', "a.b-", "(((("])
def test_time_is_linear(piece: str) -> None:
    """Whoever writes a page cannot make its reading slow."""

    def read(size: int) -> None:
        text = piece * (size // len(piece))
        machine_lines(["dataLayer gtag(", text, text[: MIXED_CHARS - 1]])
        parted(text)

    assert growth(read, 20_000) < LINEAR


def test_scripts_with_escapes_of_markdown() -> None:
    """A converter to Markdown escapes the scripts that it leaves in, and they are known all the same."""
    script = r"self.\_\_next\_f.push(\[1, 'a'\]); window.dataLayer = window.dataLayer || \[\]; gtag('js', \[\]);"
    page = split("\n\n".join((PROSE[0], script, *PROSE[1:])))
    assert shown(page) == list(PROSE)
