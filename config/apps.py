from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Installed for its commands alone: `tick` and the list of periodic work."""

    name = "config"
