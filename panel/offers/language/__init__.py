"""The offer's language as the builder asks for it: one entry for each kind, in plain words."""
