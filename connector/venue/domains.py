"""Domains: one row holds every host of one environment. A host stands nowhere else.

Source: "USDⓈ-M Futures general info" and the stream split notice, as of 2026-11.
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from connector.core.faults import ConfigFault
from connector.venue.limits import HELD_A_DAY, StreamTerms


@dataclass(frozen=True, slots=True)
class Domain:
    """The hosts of one environment, and how its streams are held."""

    #: The key of the settings.
    name: str
    title: str
    #: The root of REST requests, which takes `/fapi/...`.
    rest: str
    #: The root of streams, which takes `/public`, `/market` and `/private`.
    stream: str
    #: The whole address of the WebSocket API.
    ws_api: str
    streams: StreamTerms = HELD_A_DAY
    #: Money is real: only a live domain may sign for a live host.
    is_live: bool = False
    #: The hosts are those of an exchange on loopback, known when it has started.
    is_local: bool = False

    def at(self, rest: str, stream: str, ws_api: str) -> "Domain":
        """The local domain with the addresses of a running exchange."""
        for address in (rest, stream, ws_api):
            if not is_loopback(address):
                raise ConfigFault("--exchange", address, "a local exchange lies on loopback", "use 127.0.0.1")
        return replace(self, rest=rest.rstrip("/"), stream=stream.rstrip("/"), ws_api=ws_api.rstrip("/"))

    def carried_by(self, copies: int) -> "Domain":
        """The domain with so many sockets for each stream."""
        return replace(self, streams=replace(self.streams, copies=copies))


LIVE = Domain(
    name="binance_perpetual",
    title="live",
    rest="https://fapi.binance.com",
    stream="wss://fstream.binance.com",
    ws_api="wss://ws-fapi.binance.com/ws-fapi/v1",
    is_live=True,
)
TESTNET = Domain(
    name="binance_perpetual_testnet",
    title="testnet (demo)",
    rest="https://demo-fapi.binance.com",
    stream="wss://demo-fstream.binance.com",
    ws_api="wss://testnet.binancefuture.com/ws-fapi/v1",
)
LOCAL = Domain(
    name="binance_perpetual_local",
    title="local exchange",
    rest="",
    stream="",
    ws_api="",
    is_local=True,
)

DOMAINS: dict[str, Domain] = {row.name: row for row in (LIVE, TESTNET, LOCAL)}


def domain_named(name: str) -> Domain:
    """The row of that name; raises `ConfigFault` naming the ones there are."""
    if name not in DOMAINS:
        raise ConfigFault("domain", name, "no such domain", f"use one of {', '.join(DOMAINS)}")
    return DOMAINS[name]


def host_of(address: str) -> str:
    """The host of a URL, without port; empty when the address has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_loopback(address: str) -> bool:
    """Whether a URL points at this machine itself: by number, or as `localhost`."""
    host = host_of(address)
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


#: Hosts at which an order costs real money.
LIVE_HOSTS = frozenset(host_of(address) for address in (LIVE.rest, LIVE.stream, LIVE.ws_api))
