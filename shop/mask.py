"""Personal data as a marketer sees it: enough to tell two rows apart, too little to write to anybody."""

DOTS = "•••"


def mask_name(name: str) -> str:
    """ "Anna Petrova" becomes "A••• P•••"."""
    return " ".join(f"{word[0]}{DOTS}" for word in name.split())


def mask_email(email: str) -> str:
    """ "anna@example.com" becomes "a•••@•••"."""
    local, at, _domain = email.partition("@")
    return f"{local[:1]}{DOTS}@{DOTS}" if at else ""
