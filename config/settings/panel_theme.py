"""How the panel looks: Unfold in the colours of Reprise. Nothing of it comes from another host."""

from typing import Any

from django.templatetags.static import static

# Locked-out log-ins are shown nowhere in the panel: the table belongs to no store.
AXES_ENABLE_ADMIN = False

LOGIN_REDIRECT_URL = "admin:index"

# Dates and times in lists, short and the same in every page of a language.
FORMAT_MODULE_PATH = ["config.formats"]

# Tailwind's teal, moved by one step so that 600, which carries white text, is dark enough to read (5.5 : 1).
TEAL = {
    "50": "#f0fdfa",
    "100": "#ccfbf1",
    "200": "#99f6e4",
    "300": "#5eead4",
    "400": "#2dd4bf",
    "500": "#14a394",
    "600": "#0f766e",
    "700": "#115e59",
    "800": "#134e4a",
    "900": "#0f3f3c",
    "950": "#042f2e",
}
SLATE = {
    "50": "#f8fafc",
    "100": "#f1f5f9",
    "200": "#e2e8f0",
    "300": "#cbd5e1",
    "400": "#94a3b8",
    "500": "#64748b",
    "600": "#475569",
    "700": "#334155",
    "800": "#1f2937",
    "900": "#111827",
    "950": "#0b1120",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Reprise",
    "SITE_HEADER": "Reprise",
    "SITE_URL": None,
    "SITE_ICON": lambda request: static("panel/icon.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "sizes": "any",
            "href": lambda request: static("panel/icon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "8px",
    "DASHBOARD_CALLBACK": "panel.dashboard.page.fill_dashboard",
    "STYLES": [lambda request: static("panel/panel.css")],
    "SCRIPTS": [lambda request: static("panel/panel.js")],
    "COLORS": {
        "base": SLATE,
        "primary": TEAL,
        "font": {
            "subtle-light": "var(--color-base-500)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-600)",
            "default-dark": "var(--color-base-300)",
            "important-light": "var(--color-base-800)",
            "important-dark": "var(--color-base-100)",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "panel.sidebar.navigation",
    },
    "LOGIN": {"image": lambda request: static("panel/login.svg")},
}
