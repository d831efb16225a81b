"""The corpus as a whole: lines that recur on a site's pages are its template."""
