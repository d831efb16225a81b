"""Which inputs there are, and what is in them: find, open, decompress, tell the format, decode."""
