"""Mending the text of one line: encoding damage, entities, white space, invisible characters, Unicode form."""

from pipeline.normalise.line import as_written, normalise_line

__all__ = ["as_written", "normalise_line"]
