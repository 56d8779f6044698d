"""How the account stands is told before it is traded with, and what the settings want is held against it."""

from decimal import Decimal

import pytest

from connector.core.enums import PositionMode
from connector.core.findings import Concern, Finding, Verdict
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.network.account_checks import Wanted
from connector.exchange.network.doctor import examine
from connector.simulator.market.orders import BUY, LIMIT, MARKET, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, Trader
from tests.companions.net.gateways import domain_of
from tests.companions.virtual_time import loop_clock
from tests.exchange.network.test_doctor import signer_of

D = Decimal


async def of(venue: LocalExchange, wanted: Wanted | None = None) -> dict[str, Finding]:
    found = await examine(domain_of(venue), signer_of(venue), loop_clock(), wanted)
    return {row.check: row for row in found.findings}


async def test_orders_and_positions_of_others_are_told_with_their_symbols(venue: LocalExchange, trader: Trader) -> None:
    for request in (
        OrderRequest(SYMBOL, BUY, LIMIT, D("0.010"), D("30000"), client_order_id="web_1"),
        OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), client_order_id="web_2"),
    ):
        venue.act(lambda engine, now_ms, request=request: engine.place(venue.account_id, request, now_ms))
    found = await of(venue)
    for check in ("open_orders", "open_positions"):
        assert found[check].verdict is Verdict.WARNING
        assert SYMBOL in found[check].line
    own = await of(venue, Wanted(is_own=lambda name: name.startswith("web_")))
    assert own["open_orders"].verdict is Verdict.OK


async def test_a_position_mode_that_the_settings_change_is_told_for_coin_m_shares_it(venue: LocalExchange) -> None:
    assert (await of(venue, Wanted(position_mode=PositionMode.ONEWAY)))["modes"].verdict is Verdict.OK
    modes = (await of(venue, Wanted(position_mode=PositionMode.HEDGE)))["modes"]
    assert modes.verdict is Verdict.WARNING
    assert "a start changes it, for COIN-M too" in modes.line


async def test_a_leverage_that_the_brackets_do_not_allow_is_refused_as_a_setting(venue: LocalExchange) -> None:
    good = (await of(venue, Wanted(PAIR, leverage=20)))["settings"]
    assert (good.verdict, good.concern) == (Verdict.OK, Concern.SETTINGS)
    bad = (await of(venue, Wanted(PAIR, leverage=126)))["settings"]
    assert (bad.verdict, bad.concern) == (Verdict.REFUSAL, Concern.SETTINGS)
    assert bad.line.startswith("leverage: 126: the highest bracket")


async def test_a_pair_that_is_not_listed_is_refused_as_a_setting(venue: LocalExchange) -> None:
    bad = (await of(venue, Wanted("BTC-NIL")))["settings"]
    assert (bad.verdict, bad.concern) == (Verdict.REFUSAL, Concern.SETTINGS)


async def test_an_account_that_trades_with_credits_is_told(venue: LocalExchange) -> None:
    venue.faults.arm("altered_answer", method="GET", path="/fapi/v3/balance", field="asset", value='"BNFCR"', times=9)
    assert (await of(venue))["credits"].verdict is Verdict.WARNING


async def test_what_is_planned_at_the_price_of_now_is_held_against_the_brackets_beside_what_is_held(
    venue: LocalExchange, trader: Trader
) -> None:
    asked: list[tuple[D, list[D]]] = []

    def planned(notional: str) -> Wanted:
        return Wanted(PAIR, 125, notional_at=lambda price, held: (asked.append((price, list(held))), D(notional))[1])

    good = (await of(venue, planned("1000")))["settings"]
    assert (good.verdict, good.line.endswith("the larger side comes to 1000")) == (Verdict.OK, True)
    request = OrderRequest(SYMBOL, BUY, MARKET, D("0.010"), client_order_id="web_2")
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    bad = (await of(venue, planned("90000000")))["settings"]
    assert (bad.verdict, bad.concern) == (Verdict.REFUSAL, Concern.SETTINGS)
    assert "all levels of one side come to 90000000" in bad.line
    assert [held for _, held in asked] == [[], [D("0.010")]]
    assert all(abs(price - 60_000) < 1_000 for price, _ in asked)


async def test_where_no_price_is_told_that_is_a_warning(
    venue: LocalExchange, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a contract that is listed and not traded yet."""
    asked = VenueApi.index_price_at
    monkeypatch.setattr(VenueApi, "index_price_at", lambda api, pair, at_ms: asked(api, pair, at_ms + 3_600_000))
    told = (await of(venue, Wanted(PAIR, 20, notional_at=lambda price, held: D(1))))["settings"]
    assert (told.verdict, "no price is told" in told.line) == (Verdict.WARNING, True)
