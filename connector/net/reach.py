"""How far the connections of one domain go: to the hosts of its row and no other, how a proxy is used, whom TLS trusts.

What is signed for one domain can't leave for another host, whatever an answer, a variable or a setting says: no
connection is opened there. A proxy sees the names of the hosts alone, since what passes through it is TLS from end to
end. The authorities are the system's, or those of SSL_CERT_FILE; that a host proves its name can't be switched off.
"""

import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from connector.core.faults import UnavailableFault
from connector.venue.domains import Domain

#: As whom a scheme is asked for in the variables (HTTPS_PROXY, HTTP_PROXY).
_VARIABLES = {"https": "https", "wss": "https", "http": "http", "ws": "http"}
_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}

#: Scheme, host and port.
Origin = tuple[str, str, int]


class BadProxy(OSError):
    """What the variables name is no proxy that can be used."""


class Reach:
    """Of one domain; of none, any host may be asked, and nothing is signed there."""

    def __init__(self, domain: Domain | None = None) -> None:
        self._name = "" if domain is None else domain.name
        self._origins = None if domain is None else frozenset(_origin(address) for address in domain.addresses)
        self._is_local = domain is not None and domain.is_local
        self._tls: ssl.SSLContext | None = None

    def require(self, address: str) -> None:
        """Raises `UnavailableFault` for a host that is not the domain's."""
        if self._origins is not None and _origin(address) not in self._origins:
            raise UnavailableFault(f"domain {self._name} has no host {_shown(address)}: nothing is sent there")

    def proxy_to(self, address: str) -> str | None:
        """The proxy through which a host is asked; None where it is reached directly. Raises `BadProxy`."""
        return None if self._is_local else proxy_to(address)

    @property
    def tls(self) -> ssl.SSLContext:
        """The system's authorities, names checked: always."""
        if self._tls is None:
            # Not the default context: a variable (SSLKEYLOGFILE) has it write the keys of every connection to a file.
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._tls.load_default_certs()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls


def proxy_to(address: str) -> str | None:
    """The proxy that the standard variables name for a host; None where it is reached directly. Raises `BadProxy`."""
    parts = urlsplit(address)
    if parts.hostname is None or proxy_bypass(parts.hostname):
        return None
    named = getproxies()
    proxy = named.get(_VARIABLES.get(parts.scheme, parts.scheme)) or named.get("all")
    if not proxy:
        return None
    scheme, mark, _ = proxy.partition("://")
    if not mark:
        return f"http://{proxy}"
    if scheme.lower() not in ("http", "https"):
        raise BadProxy(f"the proxy that is named for {parts.hostname} is of {scheme}: use one of http")
    return proxy


def _origin(address: str) -> Origin:
    """Of an address that can't be read, one that nobody has."""
    try:
        parts = urlsplit(address)
        # Names and passwords before the host are no part of any address here.
        host = "" if "@" in parts.netloc or "\\" in address else (parts.hostname or "")
        return parts.scheme, host, parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", "", 0


def _shown(address: str) -> str:
    """The place, without what is asked there."""
    scheme, host, port = _origin(address)
    return f"{scheme}://{host}:{port}"
