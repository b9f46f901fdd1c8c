"""Who works in the panel, and what each may do in which store."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """Roles of handbook §12 that people hold; keys of machines carry scopes instead."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MARKETER = "marketer", _("Marketer")
    SUPPORT = "support", _("Support")
    ANALYST = "analyst", _("Analyst")


class UserManager(BaseUserManager["User"]):
    """Creates people who log in by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in to the panel with an e-mail address."""

    email = models.EmailField(_("e-mail"), help_text=_("The log-in name, for example anna@example.com."))
    name = models.CharField(
        pgettext_lazy("of a person", "name"),
        max_length=120,
        blank=True,
        help_text=_("Shown beside changes this person makes."),
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        blank=True,
        help_text=_("Language of the panel for this person; empty: the browser's."),
    )
    is_active = models.BooleanField(
        _("may log in"),
        default=True,
        help_text=_("Take the tick away to lock the person out without losing the history."),
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="shop_user_email_once"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """The panel is for staff only, so who may log in is staff; what they may do is their role's."""
        return self.is_active


class StaffRole(models.Model):
    """One person's role in one store."""

    store = models.ForeignKey(
        "shop.Store", on_delete=models.PROTECT, related_name="staff", verbose_name=_("store")
    )
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="roles", verbose_name=_("colleague")
    )
    role = models.CharField(
        _("role"),
        max_length=16,
        choices=Role.choices,
        help_text=_(
            "Marketer: campaigns and reports with personal data masked. Support: one customer at a time."
        ),
    )
    created_at = models.DateTimeField(_("given"), auto_now_add=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "user"], name="shop_staffrole_once_per_store"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="shop_staffrole_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class Approval(models.Model):
    """A second person's yes or no to something one person may not do alone."""

    class Status(models.TextChoices):
        ASKED = "asked", _("waiting")
        GIVEN = "given", _("approved")
        REFUSED = "refused", _("refused")

    store = models.ForeignKey("shop.Store", on_delete=models.PROTECT, verbose_name=_("store"))
    subject = models.CharField(_("what for"), max_length=64, help_text=_("For example adjustment:1729."))
    detail = models.JSONField(_("details"), default=dict)
    status = models.CharField(_("decision"), max_length=8, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["store", "subject"], name="shop_approval_subject_once"),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("asked_by")),
                name="shop_approval_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(status="asked", decided_at__isnull=True, decided_by__isnull=True)
                | (~models.Q(status="asked") & models.Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="shop_approval_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_status_display()}"
