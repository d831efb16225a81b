"""What a corpus says of itself to consumers: a data contract, Croissant metadata and a data card.

``contract``, ``croissant`` and ``card`` are pure; ``write.describe`` puts what they give beside the tables.
"""
