"""Whether each host of a domain answers, side by side: what a request, a stream and the WS-API connect to."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from picows import WSError

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, failure_text
from connector.core.figures import cut
from connector.core.findings import Concern, Finding, Verdict
from connector.core.secrets import redact
from connector.net.gateway import Gateway
from connector.net.handshakes import opened
from connector.net.http import Http, NoAnswer
from connector.net.listener import FrameListener
from connector.net.reach import BadProxy
from connector.venue.domains import host_of
from connector.venue.endpoints import TIME
from connector.venue.markets import USDM_MARKET

#: A host that is silent is told, with all others, well within ten seconds.
_WITHIN_S = 6.0
_WALLET_STATUS = "/sapi/v1/system/status"
HOST_REST, HOST_STREAM = "host_rest", "host_stream"
_USES = {
    HOST_REST: "requests",
    HOST_STREAM: "streams",
    "host_ws_api": "orders",
    "host_wallet": "what the key may do",
}
EVERY_HOST = frozenset(_USES)
#: Where a market is listened to alone.
HOSTS_OF_THE_MARKET = frozenset({HOST_REST, HOST_STREAM})
Call = Callable[[], Awaitable[str]]


async def host_findings(
    gateway: Gateway, http: Http, clock: Clock, checks: Collection[str] = EVERY_HOST
) -> tuple[Finding, ...]:
    """One a use of a host: that it answers and how fast, or why not. Nothing is signed. `checks`: the uses."""
    domain = gateway.domain

    async def rest() -> str:
        answer = await http.send("GET", f"{domain.rest}{TIME.path}", {})
        return "" if answer.status == 200 else f"it answers HTTP {answer.status}"

    async def wallet() -> str:
        answer = await http.send("GET", f"{domain.wallet}{_WALLET_STATUS}", {})
        return "" if answer.status < 500 else f"it answers HTTP {answer.status}"

    async def socket(address: str) -> str:
        listener = FrameListener("doctor", lambda frame: None, clock)
        (await opened(listener, address, gateway.reach)).disconnect(graceful=False)
        return ""

    stream = f"{domain.stream}/{USDM_MARKET.depth_route}/ws"
    asked: list[tuple[str, str, Call]] = [
        (HOST_REST, domain.rest, rest),
        (HOST_STREAM, domain.stream, lambda: socket(stream)),
        ("host_ws_api", domain.ws_api, lambda: socket(domain.ws_api)),
    ]
    if domain.wallet:
        asked.append(("host_wallet", domain.wallet, wallet))
    found = await asyncio.gather(*(_asked(*row, gateway, clock) for row in asked if row[0] in checks))
    return _causes_once(found)


def _causes_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What keeps one host away keeps all away: it is said of the first alone."""
    first = next((row for row in findings if row.causes), None)
    return tuple(row if row is first else replace(row, causes=(), remedy="") for row in findings)


async def _asked(check: str, address: str, call: Call, gateway: Gateway, clock: Clock) -> Finding:
    host, use = host_of(address), _USES[check]
    began_ms = clock.monotonic_ms()
    try:
        way = _way(gateway, address)
        async with asyncio.timeout(_WITHIN_S):
            trouble = await call()
    except TimeoutError:
        trouble = f"no answer within {_WITHIN_S:g} s"
    except (NoAnswer, OSError, WSError, ConnectorFault) as error:
        trouble = cut(redact(failure_text(error)))
    if not trouble:
        took_ms = clock.monotonic_ms() - began_ms
        return Finding(check, Concern.NETWORK, Verdict.OK, f"{host} ({use}) answers in {took_ms} ms{way}")
    # The wallet's host tells what a key may do; nothing trades over it.
    verdict = Verdict.WARNING if check == "host_wallet" else Verdict.REFUSAL
    return Finding(check, Concern.NETWORK, verdict, f"{host} ({use}) can't be reached: {trouble}", *_MENDS)


def _way(gateway: Gateway, address: str) -> str:
    try:
        proxy = gateway.reach.proxy_to(address)
    except BadProxy:
        return ""
    return f", through the proxy {host_of(proxy)}" if proxy else ""


_MENDS = (
    (
        "this machine has no way to the network, or its names are not resolved",
        "a firewall or a proxy is between (HTTPS_PROXY, NO_PROXY)",
        "the exchange is in maintenance, or does not serve this region",
    ),
    "try the host from this machine, then again",
)
