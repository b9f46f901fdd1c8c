"""Parts of `make bench NAME=commit`."""
