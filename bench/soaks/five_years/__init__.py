"""Five years in eight time zones: what happens, when jobs come by, and what has to come of it."""
