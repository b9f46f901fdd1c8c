"""Where a request truly comes from."""

from functools import cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

FORWARDED_MAX = 20


def client_address(request: HttpRequest) -> str:
    """The caller's address. X-Forwarded-For is believed only as far as TRUSTED_PROXIES wrote it: from the right."""
    here = str(request.META.get("REMOTE_ADDR", ""))
    hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-FORWARDED_MAX:]
    for hop in reversed(hops):
        if not _is_trusted(here) or not hop.strip():
            break
        here = hop.strip()
    return here


def same_person(address: str) -> str:
    """What counts as one caller: an IPv4 address, or a whole IPv6 /64, of which everybody has many addresses."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:45]
    if isinstance(ip, IPv6Address):
        ip = ip.ipv4_mapped or ip
    return str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else str(ip)


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str) -> bool:
    if not is_address(address):
        return False
    ip = ip_address(address)
    return any(ip in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@cache
def _networks(proxies: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(proxy, strict=False) for proxy in proxies]
