"""Measurements (`make bench NAME=…`) and long campaigns (`make soak NAME=… N=…`)."""
