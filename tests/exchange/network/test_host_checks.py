"""A host that does not answer is named with its use, the others all the same."""

from dataclasses import replace

from connector.core.findings import Finding, Verdict
from connector.exchange.network.host_checks import EVERY_HOST, HOSTS_OF_THE_MARKET, host_findings
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.system_clock import SystemClock
from connector.simulator.server import LocalExchange
from connector.venue.domains import Domain
from tests.companions.net.gateways import domain_of


async def of(domain: Domain, checks: frozenset[str] = EVERY_HOST) -> dict[str, Finding]:
    http, clock = Http(2.0, through_proxy=False), SystemClock()
    gateway = Gateway(domain, http, Throttle(), clock)
    try:
        return {row.check: row for row in await host_findings(gateway, http, clock, checks)}
    finally:
        await http.close()


async def test_every_use_of_a_host_is_looked_at(venue: LocalExchange) -> None:
    found = await of(domain_of(venue))
    assert {row.verdict for row in found.values()} == {Verdict.OK}
    assert set(found) == {"host_rest", "host_stream", "host_ws_api", "host_wallet"}


async def test_streams_that_are_cut_off_alone_are_told(venue: LocalExchange) -> None:
    found = await of(replace(domain_of(venue), stream="ws://127.0.0.1:9"))
    assert {check for check, row in found.items() if row.verdict is Verdict.REFUSAL} == {"host_stream"}
    assert "127.0.0.1 (streams) can't be reached" in found["host_stream"].line


async def test_a_ws_api_that_refuses_the_handshake_is_told(venue: LocalExchange) -> None:
    venue.faults.arm("ws_api_down", ms=10_000)
    found = await of(domain_of(venue))
    assert {check for check, row in found.items() if row.verdict is Verdict.REFUSAL} == {"host_ws_api"}


async def test_a_wallet_host_that_is_away_is_a_warning_since_nothing_trades_over_it(venue: LocalExchange) -> None:
    found = await of(replace(domain_of(venue), wallet="http://127.0.0.1:9"))
    assert found["host_wallet"].verdict is Verdict.WARNING


async def test_a_domain_without_a_wallet_host_is_not_asked_for_one(venue: LocalExchange) -> None:
    assert "host_wallet" not in await of(replace(domain_of(venue), wallet=""))


async def test_who_listens_to_a_market_alone_asks_no_host_of_orders_or_keys(venue: LocalExchange) -> None:
    nowhere = replace(domain_of(venue), ws_api="ws://127.0.0.1:9", wallet="http://127.0.0.1:9")
    found = await of(nowhere, HOSTS_OF_THE_MARKET)
    assert {check: row.verdict for check, row in found.items()} == {
        "host_rest": Verdict.OK,
        "host_stream": Verdict.OK,
    }
