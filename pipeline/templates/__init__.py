"""What the pages of one site have in common: which lines recur, and which pages are one site where no URL says so."""
