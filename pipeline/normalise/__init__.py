"""Mending the text of one line: encoding damage, entities, white space, invisible characters, Unicode form."""

from pipeline.normalise.line import normalise_line

__all__ = ["normalise_line"]
