"""Parts of `make soak NAME=commits`."""
