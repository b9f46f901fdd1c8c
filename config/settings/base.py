"""Settings that hold everywhere. demo, test and production add what differs."""

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL
from django.utils.translation import gettext_lazy as _

from config.access import ROUTES
from config.settings import environment
from config.settings.panel_theme import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
DEBUG = False

INSTALLED_APPS = [
    "unfold",  # before django.contrib.admin, whose templates it replaces
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "rest_framework",
    "config",
    "storefront",
    "panel",
    "reports",
    "triggers",
    "checkout",
    "coupons",
    "clubcards",
    "loyalty",
    "shop",
]

MIDDLEWARE = [
    "storefront.api.edge.ApiEdge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "storefront.api.short_way.ApiShortWay",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "panel.guard.PanelGuard",
    "axes.middleware.AxesMiddleware",
]

# Who may follow which route; lower floors read it here, because they must not import config.
ROUTE_ACCESS = ROUTES

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

# --- Database. The web may not wait long; commands and workers do longer work, in batches.
PROCESS = environment.text("REPRISE_PROCESS", "command")
TIMEOUTS = {
    "web": "-c lock_timeout=3s -c statement_timeout=5s -c idle_in_transaction_session_timeout=8s",
    "worker": "-c lock_timeout=10s -c statement_timeout=300s -c idle_in_transaction_session_timeout=300s",
    "command": "-c lock_timeout=30s",
}
# What is prepared (shop.prepared) is found by its indexes whatever the values: it is planned once, not by each value.
PLANS = "-c plan_cache_mode=force_generic_plan"


def database(url: str) -> dict[str, Any]:
    parsed: dict[str, Any] = dict(
        dj_database_url.parse(
            url,
            engine="config.database",
            conn_max_age=600,
            conn_health_checks=True,
            # A pooler that hands out sessions by the transaction keeps neither cursors nor prepared statements.
            disable_server_side_cursors=environment.text("DATABASE_POOLER") == "transaction",
        )
    )
    options = parsed.setdefault("OPTIONS", {})
    options["options"] = " ".join(filter(None, [options.get("options"), TIMEOUTS[PROCESS], PLANS]))
    return parsed


DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(environment.text("DATABASE_URL", "postgres:///reprise"))}

REDIS_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# --- People
AUTH_USER_MODEL = "shop.User"
# The log-in name is unique without regard to case (shop_user_email_once), which this check can not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "admin:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: five tries in fifteen minutes
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# Addresses whose X-Forwarded-For is believed. None by default: anybody could write the header.
TRUSTED_PROXIES = environment.words("TRUSTED_PROXIES")

# --- Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
# Unfold, the panel's theme, ships no Russian: its texts stand in a catalogue of their own.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "unfold"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files
STATIC_URL = "static/"
STATIC_ROOT = environment.text("STATIC_ROOT", str(BASE_DIR / ".run" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.ManifestStaticFilesStorage"},
}
MEDIA_ROOT = environment.text("MEDIA_ROOT", str(BASE_DIR / ".run" / "media"))
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # a request body; files stream to disk and have limits of their own

# --- Mail
EMAIL_URL = environment.text("EMAIL_URL", "smtp://127.0.0.1:25")
MAILBOX_DIR = environment.text("MAILBOX_DIR")  # where the demo's SMTP sink leaves mails; empty elsewhere
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "reprise@localhost")
EMAIL_TIMEOUT = 10
# Where customers reach us: the base of the links in mails.
PUBLIC_URL = environment.text("PUBLIC_URL", f"http://127.0.0.1:{environment.text('PORT', '8000')}")

# --- Browser security: nothing from another host. Unfold's Alpine needs eval in the panel.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, UNSAFE_EVAL],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- Work. Redis only rings the bell: every task reads the database for what is due.
CELERY_BROKER_URL = environment.text("BROKER_URL", REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 10,
    "socket_keepalive": True,
    "health_check_interval": 10,
}

# Who must hear of which facts: kind of activity -> consumers. `shop.record` writes one Outbox row for each.
OUTBOX_CONSUMERS: dict[str, tuple[str, ...]] = {
    "order.placed": (
        "loyalty.tiers",
        "checkout.stamps",
        "checkout.acquirer",
        "loyalty.events",
        "loyalty.segments",
    ),
    # Segments look at an import's customers once, when it is over.
    "order.imported": ("loyalty.earn", "loyalty.tiers", "checkout.stamps", "loyalty.events"),
    "order.cancelled": ("loyalty.tiers", "checkout.stamps", "checkout.acquirer", "loyalty.segments"),
    "order.refunded": ("loyalty.tiers", "checkout.stamps", "checkout.acquirer", "loyalty.segments"),
    "customer.joined": (
        "loyalty.earn",
        "loyalty.tiers",
        "checkout.acquirer",
        "loyalty.events",
        "loyalty.segments",
    ),
    # The subject of these is the customer.
    "customer.added": ("loyalty.segments",),
    "customer.changed": ("loyalty.segments",),
    "customer.erased": ("loyalty.segments",),
    "customer.merged": ("loyalty.earn", "loyalty.segments"),
    "customer.unmerged": ("loyalty.segments",),
    "consent.given": ("loyalty.events", "loyalty.segments"),
    "consent.withdrawn": ("loyalty.segments",),
    "card.given": ("loyalty.segments",),
    "card.ended": ("loyalty.segments",),
    # Points for anything but an order's commit; the subject is the customer.
    "points.earned": ("loyalty.tiers", "loyalty.segments"),
    "order.paid": ("checkout.stamps", "checkout.acquirer", "loyalty.events"),
    "order.fulfilled": ("checkout.stamps", "checkout.acquirer", "loyalty.events"),
}

# Rules of segments that a floor above `loyalty` answers: kind -> what makes SQL of it.
SEGMENT_RULES = {"holds_card": "clubcards.segment_rule.holds_card"}

# What floors above `loyalty` ask when the books are rechecked: (store, limit=…) -> findings.
BOOKS_CHECKS = (
    "coupons.verify_coupons.coupon_findings",
    "checkout.verify_holds.hold_findings",
    "reports.verify_reports.report_findings",
)

# What the codes of gift balances are sealed and found with, the newest first; a key that has sealed codes stays in the
# list. Empty: SECRET_KEY.
GIFT_CODE_KEYS: list[str] = environment.words("GIFT_CODE_KEYS")

# --- API
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["storefront.api.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["storefront.api.keys.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["storefront.api.throttle.KeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["storefront.api.answer.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["storefront.api.read.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "storefront.api.errors.answer_error",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
API_BODY_BYTES_MAX = 2_000_000
# How often one may ask, "count/seconds": a server's key and a widget's key in all, one address behind a widget's key,
# and wrong coupon codes from one address and for one customer.
API_LIMITS = {
    "server": environment.text("API_LIMIT_SERVER", "10000/10"),
    "widget": environment.text("API_LIMIT_WIDGET", "5000/10"),
    "widget_address": environment.text("API_LIMIT_WIDGET_ADDRESS", "100/10"),
    "codes_address": environment.text("API_LIMIT_CODES_ADDRESS", "5/5"),
    "codes_customer": environment.text("API_LIMIT_CODES_CUSTOMER", "20/3600"),
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Reprise API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["storefront.api.describe.add_types"],
    "SWAGGER_UI_SETTINGS": {
        "persistAuthorization": True,
        "displayRequestDuration": True,
        "validatorUrl": None,
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "WARNING")},
}
