"""The addresses of this machine itself: where an exchange listens, and from where its own paths may be called."""

from ipaddress import ip_address
from urllib.parse import urlsplit

#: Where an exchange listens unless told otherwise, and whom a request is from that no socket brought.
HOME = "127.0.0.1"
_NAMES = (HOME, "localhost", "::1")


def is_loopback_address(host: str) -> bool:
    """Whether `host` is an address of this machine alone; other names than localhost count as the network's."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_local_caller(address: str, host: str | None, origin: str | None) -> bool:
    """Whether a program of this machine calls: by the address that it really comes from, by the request's Host, and
    by its Origin where a page of a browser sent it."""
    try:
        return ip_address(address).is_loopback and names_loopback(host, origin)
    except ValueError:
        return False


def names_loopback(host: str | None, origin: str | None) -> bool:
    """Whether a request's Host names this machine and no page of another one sent it."""
    hosts = [f"//{host or ''}"] if origin is None else [f"//{host or ''}", origin]
    return all(_hostname(address) in _NAMES for address in hosts)


def _hostname(address: str) -> str | None:
    """The host of an address; None where it names none or is no address at all."""
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
