"""A large store whose segments are measured: see bench/segments.py."""
