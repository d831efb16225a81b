"""Site files: per site, which lines to drop or to keep, and why (``config/sites/*.toml``, docs/sites.md).

Patterns are run by RE2 (through Arrow), whose time is linear in the line: no pattern can hang a run. Its price is that
there are no look-arounds and no back references.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import UsageError
from pipeline.metadata.titles import fold
from pipeline.records import BODY, CHROME, Kind
from pipeline.templates.groups import STAND_IN

FOLDER = "sites"
"""Name of the folder beside a settings file in which site files are looked for."""

_SITE = re.compile(rf"{STAND_IN}[0-9a-f]{{12}}|[^\s/:@{STAND_IN}.][^\s/:@{STAND_IN}]*\.[^\s/:@{STAND_IN}.]+")


def _whole(pattern: str) -> str:
    """The pattern for the whole line."""
    return rf"\A(?:{pattern})\z"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    line: str | None = None
    pattern: str | None = None
    note: Annotated[str, Field(min_length=1)]

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                # Both by itself and as it is used: "a)(b" is only right inside brackets, an open "\\Q" only without.
                pc.match_substring_regex(pa.array([""]), pattern)
                pc.match_substring_regex(pa.array([""]), _whole(pattern))
            except pa.ArrowInvalid as error:
                raise ValueError(f"is no pattern that RE2 understands: {str(error).splitlines()[0]}") from None
        return pattern

    @model_validator(mode="after")
    def _one_of_two(self) -> _Entry:
        if (self.line is None) == (self.pattern is None):
            raise ValueError("needs either a line or a pattern")
        if self.line is not None and not fold(self.line):
            raise ValueError("line must not be empty")
        return self


class _Drop(_Entry):
    kind: Kind = Kind.NAVIGATION

    @field_validator("kind")
    @classmethod
    def _leaves_the_text(cls, kind: Kind) -> Kind:
        if kind not in CHROME:
            raise ValueError(f"kind must be one of {', '.join(sorted(CHROME))}")
        return kind


class _Keep(_Entry):
    kind: Kind | None = None

    @field_validator("kind")
    @classmethod
    def _stays_in_the_text(cls, kind: Kind | None) -> Kind | None:
        if kind is not None and kind not in BODY:
            raise ValueError(f"kind must be one of {', '.join(sorted(BODY))}")
        return kind


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    site: str
    subdomains: bool = True
    drop: tuple[_Drop, ...] = ()
    keep: tuple[_Keep, ...] = ()

    @field_validator("site")
    @classmethod
    def _is_a_site(cls, site: str) -> str:
        if not _SITE.fullmatch(site) or site != site.lower() or site.startswith("www."):
            raise ValueError("must be a host name in lower case without www., such as 'example.org'")
        return site


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a site file that says what to do with lines of a page."""

    site: str
    """The ``site`` of the file."""
    action: Literal["drop", "keep"]
    kind: Kind | None
    """What a line becomes; None for lines to keep: what the labeller says, if that is body, else ``paragraph``."""
    line: str | None
    pattern: str | None
    note: str


@dataclass(frozen=True)
class SiteFile:
    """What one file says."""

    site: str
    subdomains: bool
    rules: tuple[Rule, ...]
    """Those to keep first: to lose text is worse than to leave chrome."""

    @cached_property
    def _literal(self) -> dict[str, Rule]:
        return {fold(rule.line): rule for rule in reversed(self.rules) if rule.line is not None}

    def first(self, texts: Sequence[str]) -> dict[int, Rule]:
        """Position of each line that a rule is about, with the rule that decides: the first in ``rules``."""
        found: dict[int, Rule] = {}
        order = {rule: at for at, rule in enumerate(self.rules)}
        for at, text in enumerate(texts):
            rule = self._literal.get(fold(text)) if self._literal else None
            if rule is not None:
                found[at] = rule
        column = pa.array(texts, pa.string())
        for rule in self.rules:
            if rule.pattern is not None:
                matches = pc.match_substring_regex(column, _whole(rule.pattern))
                for at in pc.indices_nonzero(matches).to_pylist():
                    if at not in found or order[rule] < order[found[at]]:
                        found[at] = rule
        return found

    def dump(self) -> dict[str, Any]:
        """What the file says, for the ``runs`` table."""
        entries = [
            {name: value for name in ("action", "kind", "line", "pattern", "note") if (value := getattr(rule, name))}
            for rule in self.rules
        ]
        return {"subdomains": self.subdomains, "rules": entries}


@dataclass(frozen=True)
class SiteFiles:
    """All site files of a run."""

    files: Mapping[str, SiteFile] = field(default_factory=dict)
    """By site."""

    def about(self, site: str | None) -> list[SiteFile]:
        """The files that hold for a site: its own first, then those of the domains it belongs to, nearest first."""
        known = ((name, self.files[name]) for name in domains(site or "") if name in self.files)
        return [file for name, file in known if file.subdomains or name == site]

    def rules(self, site: str | None, texts: Sequence[str]) -> dict[int, Rule]:
        """Position of each of a page's lines that a person's rule is about, with the rule that decides."""
        found: dict[int, Rule] = {}
        for file in self.about(site):
            found = file.first(texts) | found
        return found

    def dump(self) -> dict[str, Any]:
        """What the files say, by site, for the ``runs`` table."""
        return {site: self.files[site].dump() for site in sorted(self.files)}


def domains(site: str) -> Iterator[str]:
    """``m.daily.example``, ``daily.example``, ``example``."""
    while site:
        yield site
        site = site.partition(".")[2]


def restored(dump: Mapping[str, Any]) -> SiteFiles:
    """The site files of an earlier run, from what ``SiteFiles.dump`` put into its settings."""
    return SiteFiles(
        {
            site: SiteFile(
                site,
                one["subdomains"],
                tuple(
                    Rule(
                        site,
                        entry["action"],
                        Kind(entry["kind"]) if "kind" in entry else None,
                        entry.get("line"),
                        entry.get("pattern"),
                        entry["note"],
                    )
                    for entry in one["rules"]
                ),
            )
            for site, one in dump.items()
        }
    )


def beside(config: Path | None) -> str:
    """The folder of site files beside a settings file; empty where there is none."""
    folder = config.parent / FOLDER if config is not None else None
    return str(folder) if folder is not None and folder.is_dir() else ""


def read_site_files(folder: str) -> SiteFiles:
    """All ``*.toml`` in ``folder``; none where ``folder`` is empty.

    :raises UsageError: the folder is missing, or a file is wrong; the message names file and key.
    """
    if not folder:
        return SiteFiles()
    place = Path(folder)
    if not place.is_dir():
        raise UsageError(f"sites.folder: {folder} is no folder")
    files: dict[str, tuple[Path, SiteFile]] = {}
    for path in sorted(place.glob("*.toml")):
        one = _read(path)
        if one.site in files:
            raise UsageError(f"site file {path}: site {one.site!r} has a file already: {files[one.site][0]}")
        files[one.site] = (path, one)
    return SiteFiles({site: one for site, (_, one) in files.items()})


def _read(path: Path) -> SiteFile:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"site file {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"site file {path} is not valid TOML: {error}") from error
    try:
        file = _File.model_validate(values)
    except ValidationError as error:
        raise UsageError(f"site file {path}: {'; '.join(_problems(error))}") from None
    keep = tuple(Rule(file.site, "keep", one.kind, one.line, one.pattern, one.note) for one in file.keep)
    drop = tuple(Rule(file.site, "drop", one.kind, one.line, one.pattern, one.note) for one in file.drop)
    return SiteFile(file.site, file.subdomains, keep + drop)


def _problems(error: ValidationError) -> Iterable[str]:
    for problem in error.errors():
        # "drop.0.note" is what programs count; a person counts the tables of a file from 1.
        name = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        yield f"{name.lstrip('.') or 'file'}: {message[:1].lower()}{message[1:]}"
