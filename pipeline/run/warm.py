"""What every worker process needs. Imported once by the process that they are forked from, so that they start at once
and share its memory; nobody else imports it."""

from __future__ import annotations

from pipeline.label.labeller import load_labeller
from pipeline.run import stages
from pipeline.settings import LabelSettings

READY = (stages, load_labeller(LabelSettings()))
"""The weights are read here, and kept by their loaders."""
