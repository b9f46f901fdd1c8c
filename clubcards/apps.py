from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClubcardsConfig(AppConfig):
    name = "clubcards"
    verbose_name = _("Club cards")
