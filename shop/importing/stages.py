"""How far an import has come, as people see it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Kept in job.stage; the label is for the screen."""

    READING = "reading", _("reading and checking the file")
    STORING = "storing", _("storing orders")
