"""Near-duplicates of a corpus kept on disk, so that a run compares only what is new, in bounded memory.

``recipe`` says what files depend on; ``segment`` holds texts, ``buckets`` brings them together, ``texts`` compares
them; ``level`` grows by a run, ``merge`` keeps segments few, ``near`` is the whole; ``ordered`` hands it to
``pipeline.dedup.find``, ``pool`` spreads the work.
"""

from pipeline.dedup.index.level import Batch
from pipeline.dedup.index.near import Growth, NearIndex, grown, sweep
from pipeline.dedup.index.pool import tasks_on
from pipeline.dedup.index.recipe import Recipe, recipe_of

__all__ = ["Batch", "Growth", "NearIndex", "Recipe", "grown", "recipe_of", "sweep", "tasks_on"]
