"""Wiring: settings, urls, celery, wsgi. No logic."""
