"""Settings: one model, documented, with the file that shows its defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from pipeline.errors import UsageError
from pipeline.settings import Section, Settings, load_settings, settings_toml
from tests.conftest import ROOT

DEFAULTS = ROOT / "config" / "default.toml"


def test_the_default_file_is_what_the_model_says() -> None:
    """``config/default.toml`` is generated; loading it changes nothing."""
    assert DEFAULTS.read_text("utf-8") == settings_toml()
    with_file = load_settings(DEFAULTS, sources=("in",), corpus="out")
    assert with_file == load_settings(None, sources=("in",), corpus="out")


def test_every_setting_is_documented() -> None:
    """No setting without a sentence."""

    def undocumented(model: type[BaseModel], path: str = "") -> list[str]:
        missing = []
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
                missing += undocumented(field.annotation, f"{path}{name}.")
            elif not field.description:
                missing.append(path + name)
        return missing

    assert undocumented(Settings) == []


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    """A value given beside the file replaces the file's; the file's others stay."""
    config = tmp_path / "c.toml"
    config.write_text('corpus = "there"\n[run]\nworkers = 3\nshard_files = 7\n', encoding="utf-8")
    loaded = load_settings(config, sources=("in",), run__workers=1, run__runner=None)
    assert (loaded.corpus, loaded.run.workers, loaded.run.shard_files) == ("there", 1, 7)


@pytest.mark.parametrize("text", ["[run", "run = 3", "[run]\nworkers = 'many'", "[canonical]\npolicy = ['best']"])
def test_a_wrong_file_is_named(tmp_path: Path, text: str) -> None:
    """Broken TOML, wrong types and unknown values are refused with the file's name."""
    config = tmp_path / "wrong.toml"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"wrong\.toml"):
        load_settings(config, sources=("in",), corpus="out")


def test_settings_survive_the_trip_through_a_flow_parameter() -> None:
    """As JSON and back: what a server stores for a scheduled run is what the run gets."""
    settings = load_settings(DEFAULTS, sources=("in",), corpus="out")
    assert Settings.model_validate_json(settings.model_dump_json()) == settings
    assert tomllib.loads(settings_toml())["run"]["runner"] == settings.run.runner
