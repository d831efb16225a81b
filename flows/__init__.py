"""The Prefect flows and the command line: thin, they say what runs where; the work is in ``pipeline``."""

import os

# The labeller multiplies small matrices, page by page: a second BLAS thread costs two to four times the CPU time there,
# and workers would fight over the cores. It counts only before numpy is imported, hence here; workers inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Arrow's own allocator keeps what each of its threads has freed, some 100 MB in the driver of a run, and cannot be told
# to give it back (``pipeline.memory``). It counts only before pyarrow is imported; workers inherit it.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
