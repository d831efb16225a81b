"""The review page: what a run did, for people to look at and to correct, in one HTML file.

``figures`` > ``sample`` > ``articles`` > ``page``; ``write.write_review`` strings them together. ``page/`` holds what
the browser is given.
"""
