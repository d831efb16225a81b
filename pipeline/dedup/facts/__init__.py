"""Which facts (numbers, names, dates) two texts that read alike state differently.

``differ`` defines it for one pair, over ``wording``; ``differences`` answers for many pairs at once, plainly or through
``columns``, ``kernels`` and ``compiled``, with the same answers.
"""
