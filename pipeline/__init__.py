"""Copydesk: raw scraped files in, a clean and de-duplicated corpus of canonical articles out.

The folders are the steps of the work, in this order:
``read`` > ``split`` (with ``normalise``) > ``label`` > ``templates`` > ``assemble`` > ``dedup`` > ``corpus`` >
``export``.
``run`` strings them together, ``show`` is for people; nothing here imports Prefect.
"""

from importlib.metadata import version

__version__ = version("copydesk")
