"""Production: refuses to start with a default where a secret or an address is meant."""

from django.core.exceptions import ImproperlyConfigured

from config.settings import environment
from config.settings.base import *  # noqa: F403

SECRET_KEY = environment.required("SECRET_KEY", "$(openssl rand -hex 32)")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 8:
    raise ImproperlyConfigured("SECRET_KEY is too short or too regular. Make one with: openssl rand -hex 32")
ALLOWED_HOSTS = environment.required("ALLOWED_HOSTS", "loyalty.shop.example").replace(" ", "").split(",")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name your hosts; * would let any page speak for you.")
for name, example in (
    ("DATABASE_URL", "postgres://reprise:…@db.internal/reprise"),
    ("REDIS_URL", "redis://cache.internal/0"),
    ("EMAIL_URL", "smtp://user:password@mail.internal:587/?tls=1"),
    ("DEFAULT_FROM_EMAIL", "hello@shop.example"),
):
    environment.required(name, example)

PUBLIC_URL = environment.text("PUBLIC_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS]
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if environment.words("TRUSTED_PROXIES") else None
)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
