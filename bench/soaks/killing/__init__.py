"""The parts of the campaign `kills`."""
