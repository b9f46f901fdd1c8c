"""How much of what could be wrong in pricing/ its tests notice."""
