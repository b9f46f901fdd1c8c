"""Long campaigns, one module each."""
