"""What a page says about itself in its markup: title, authors, dates, language, site, rights."""

from pipeline.split.declared.read import read_declared

__all__ = ["read_declared"]
