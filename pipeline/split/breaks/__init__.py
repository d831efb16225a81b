"""Where the blocks of a page ended whose line ends were lost (``" ".join(text.split())``), by a small network."""

from pipeline.split.breaks.model import Boundaries, boundaries_version, load_boundaries

__all__ = ["Boundaries", "boundaries_version", "load_boundaries"]
