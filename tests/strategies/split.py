"""Text as scrapers leave it, and worse: damage, odd white space, joiners, entities, every script."""

from __future__ import annotations

from hypothesis import strategies as st

_FRAGMENTS = (
    "plain words", "don’t", "donâ€™t", "Ã©", "Ã ", "â€", "Â", "café", "e\u0301", "“so”", "–", "…", "•",
    "\xa0", "\u3000", "  ", "\t", "&amp;", "&amp;amp;lt;", "&", "amp;", "&#", "38;", "lt;", "&nbsp;",
    "&shy;", "&num;", "&semi;", "<", ">", "&eacute;", "&#x26;", "\u00ad", "\u200b", "\ufeff", "\u200c",
    "\u200d", "\u202e", "\u2066", "\u200e", "می\u200cخواهم", "क्\u200dष", "👩\u200d👩\u200d👧",
    "❤\ufe0f\u200d🔥", "\x00", "\x07", "\x85", "\x91", "\x81", "\x1b[31m", "\x1b", "[0m", "\ud83d", "\ude00",
    "\udc80", "\ufffe", "\u2028", "\x0b", "\x0c", "\x1e", "ﬁ", "ĳ", "ŉ", "ＡＢ１", "ｶﾞ", "！？", "日本語。", "한국어",
    "각", "Привет", "РџСЂ", "İ", "ß", "\u0301" * 40, "\u0323\u0301", "\u2800", "\u3164", "Å", "\u212b",
    "\u0958", "U.S.", "Mr.", "3.5", "No. 7", "!", "?", ".", "।", "؟", " ", "\n", "a", "Z", "0",
)  # fmt: skip

nasty_lines = st.lists(st.sampled_from(_FRAGMENTS) | st.text(alphabet=st.characters(), max_size=4), max_size=14).map(
    "".join
)
"""Anything that can stand in a line, with the troublesome things made likely."""

ordinary_lines = st.text(
    alphabet=st.sampled_from("abc XYZ 0,.'&é à ü ñ Ã ‘ ’ “ ” „ – — … • « » © ® ° £ § · € я ж 日 本 カ 한 ع ن ก ข"),
    max_size=30,
)
"""Lines of harmless characters in unlucky neighbourhoods: what a short cut may misjudge."""

pages = st.lists(nasty_lines | ordinary_lines | st.just(""), max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)
"""Whole inputs of plain text with one kind of line end (and others inside the lines)."""
