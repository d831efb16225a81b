"""Recognisers of single lines and small facts: dates, names, bylines, titles, sites, languages. Pure, no clock."""
