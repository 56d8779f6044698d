"""Domains: one row holds every host of one environment. A host stands nowhere else.

Source: "USDⓈ-M Futures general info" and the stream split notice, as of 2026-11.
"""

from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from connector.core.faults import ConfigFault, OptionFault, UnavailableFault
from connector.venue.limits import HELD_A_DAY, StreamTerms

#: The connector that all domains belong to: other frameworks know it by this name.
CONNECTOR: Final = "binance_perpetual"


@dataclass(frozen=True, slots=True)
class Domain:
    """The hosts of one environment, and how its streams are held."""

    #: The key of the settings.
    name: str
    title: str
    #: How a prompt calls it.
    label: str
    #: The root of REST requests, which takes `/fapi/...`.
    rest: str
    #: The root of streams, which takes `/public`, `/market` and `/private`.
    stream: str
    #: The whole address of the WebSocket API.
    ws_api: str
    #: The root of the wallet's requests (`/sapi/...`), which tell what a key may do; empty where no host has them.
    wallet: str = ""
    streams: StreamTerms = HELD_A_DAY
    #: Money is real: only a live domain may sign for a live host.
    is_live: bool = False
    #: Whether its host answers `/futures/data`.
    has_statistics: bool = True
    #: The hosts are those of an exchange on loopback, known when it has started.
    is_local: bool = False

    def at(self, rest: str, stream: str, ws_api: str) -> "Domain":
        """The local domain with the addresses of a running exchange."""
        for address in (rest, stream, ws_api):
            if not is_loopback(address):
                raise OptionFault("--exchange", address, "a local exchange lies on loopback", "use 127.0.0.1")
        root = rest.rstrip("/")
        return replace(self, rest=root, stream=stream.rstrip("/"), ws_api=ws_api.rstrip("/"), wallet=root)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that it has."""
        return tuple(address for address in (self.rest, self.stream, self.ws_api, self.wallet) if address)

    def carried_by(self, copies: int) -> "Domain":
        """The domain with so many sockets for each stream."""
        return replace(self, streams=replace(self.streams, copies=copies))


LIVE = Domain(
    name="binance_perpetual",
    title="live",
    label="Binance Perpetual",
    rest="https://fapi.binance.com",
    stream="wss://fstream.binance.com",
    ws_api="wss://ws-fapi.binance.com/ws-fapi/v1",
    wallet="https://api.binance.com",
    is_live=True,
)
TESTNET = Domain(
    name="binance_perpetual_testnet",
    title="testnet (demo)",
    label="Binance Perpetual Testnet",
    rest="https://demo-fapi.binance.com",
    stream="wss://demo-fstream.binance.com",
    ws_api="wss://testnet.binancefuture.com/ws-fapi/v1",
    has_statistics=False,
)
LOCAL = Domain(
    name="binance_perpetual_local",
    title="local exchange",
    label="Local Exchange",
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
LIVE_HOSTS = frozenset(host_of(address) for address in LIVE.addresses)


def require_own_addresses(domain: Domain) -> None:
    """Raises `UnavailableFault` unless every address of a domain is its own row's to the letter, or, of the local one,
    lies on this machine: a key is for one domain's hosts, whatever a host is spelt like."""
    row = DOMAINS.get(domain.name)
    if row is None or (row.is_live, row.is_local) != (domain.is_live, domain.is_local):
        raise UnavailableFault(f"domain {domain.name} has no row: nothing is signed for {domain.rest}")
    for address in domain.addresses:
        is_own = is_loopback(address) if row.is_local else address in row.addresses
        if not is_own:
            raise UnavailableFault(f"domain {domain.name} does not sign for {address}")
