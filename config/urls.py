"""Where each address leads. Who may follow it stands in config/access.py."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from storefront.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("storefront.api.urls")),
    path("", include("storefront.pages.urls")),
    path("panel/", include("panel.urls")),
    path("panel/", admin.site.urls),
]
