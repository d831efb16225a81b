"""Splitting: a decoded input becomes a page of lines; HTML also yields what its markup says."""

from pipeline.split.identity import article_id
from pipeline.split.page import split_page
from pipeline.split.wrap import join_wrapped

__all__ = ["article_id", "join_wrapped", "split_page"]
