"""From labelled lines to an article: repeats, paragraphs, settling (idempotence), fields."""
