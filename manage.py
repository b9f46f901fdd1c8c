#!/usr/bin/env python
"""Runs a management command against the servers of the environment; `make manage ARGS=…` names the embedded ones."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
    os.environ.setdefault("REPRISE_PROCESS", "command")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Reprise can not start: {error}")
