"""Labelling lines: what every line of a page is, with a score and a reason."""
