"""What a strategy asks of its margin is what the exchange would answer, whoever did what on the account."""

from decimal import Decimal

import pytest

from connector.core.enums import OrderType, PositionSide
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from connector.simulator.payloads.account_snapshot import AccountSnapshot
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, connect, ready, until

D = Decimal


def snapshot(venue: LocalExchange) -> AccountSnapshot:
    """The account by the exchange itself."""
    found: list[AccountSnapshot] = []
    venue.act(lambda engine, now_ms: found.append(AccountSnapshot(engine.accounts[venue.account_id], engine)))
    return found[0]


def usd(amount_e8: int) -> Decimal:
    return D(amount_e8).scaleb(-8)


def by_hand(venue: LocalExchange, side: int, amount: str, price: str) -> int:
    """An order on the same account that the connector did not place."""
    request = OrderRequest(SYMBOL, side, LIMIT, D(amount), D(price), client_order_id="by-hand")
    placed: list[int] = []

    def place(engine: Engine, now_ms: int) -> None:
        placed.append(engine.place(venue.account_id, request, now_ms).order_id)

    venue.act(place)
    return placed[0]


def fix_mark(venue: LocalExchange, price: int) -> None:
    venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, price * E8))


async def marked(connector: PerpetualDerivative, price: int) -> None:
    await until(lambda: connector.components.prices.prices_of(PAIR).mark == price, "the mark")


@pytest.mark.parametrize(("side", "price"), [(BUY, "59000"), (SELL, "61500")])
async def test_an_order_of_another_hand_takes_its_margin_at_once_and_gives_it_back(
    connector: PerpetualDerivative, venue: LocalExchange, side: int, price: str
) -> None:
    fix_mark(venue, 60_000)
    await marked(connector, 60_000)
    before = connector.get_available_balance("USDT")
    order_id = by_hand(venue, side, "0.5", price)
    left = usd(snapshot(venue).available_e8("USDT"))
    assert left < before
    await until(lambda: connector.get_available_balance("USDT") == left, "its margin")
    venue.act(lambda engine, now_ms: engine.cancel(venue.account_id, SYMBOL, order_id, None, now_ms))
    await until(lambda: connector.get_available_balance("USDT") == before, "what it held")


async def test_an_order_of_another_hand_that_was_there_before_the_start_is_counted(
    venue: LocalExchange, trader: Trader
) -> None:
    fix_mark(venue, 60_000)
    by_hand(venue, BUY, "0.5", "59000")
    connector = connect(venue)
    try:
        await ready(connector)
        await marked(connector, 60_000)
        assert connector.get_available_balance("USDT") == usd(snapshot(venue).available_e8("USDT"))
    finally:
        await connector.stop_network()


async def test_what_a_list_of_open_orders_leaves_out_holds_nothing_any_more(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    before = connector.get_available_balance("USDT")
    order_id = by_hand(venue, BUY, "0.5", "59000")
    await until(lambda: connector.get_available_balance("USDT") < before, "its margin")
    venue.faults.arm("lost_user_event")
    venue.act(lambda engine, now_ms: engine.cancel(venue.account_id, SYMBOL, order_id, None, now_ms))
    await until(lambda: connector.get_available_balance("USDT") == before, "the list", within_s=40)


async def test_positions_are_liquidated_where_the_exchange_says_and_what_may_leave_is_its_figure(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    fix_mark(venue, 60_000)
    connector.buy(PAIR, D("0.5"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    fix_mark(venue, 59_000)
    await marked(connector, 59_000)
    told = snapshot(venue)
    key = SYMBOL, "BOTH"
    margin = connector.get_position_margin(PAIR)
    assert margin is not None
    assert to_e8(margin.liquidation_price) == told.liquidation_price_e8(key) > 0
    assert connector.get_liquidation_price(PAIR) == margin.liquidation_price
    assert connector.get_position_margins() == [margin]
    row = told.found[key]
    assert (to_e8(margin.initial_margin), to_e8(margin.maintenance_margin)) == (row.position_e8, row.maintenance_e8)
    assert to_e8(margin.unrealized_pnl) == row.unrealised_e8 < 0
    assert to_e8(connector.get_max_withdraw("USDT")) == told.withdrawable_e8("USDT")
    ratio = D(row.maintenance_e8) / told.pool.margin_e8
    assert connector.get_margin_ratio("USDT") == margin.margin_ratio == round(ratio, 8)


async def test_a_flat_pair_has_no_liquidation_price_and_one_that_is_not_traded_is_refused(
    connector: PerpetualDerivative,
) -> None:
    assert connector.get_position_margin(PAIR) is None
    assert connector.get_liquidation_price(PAIR, PositionSide.LONG).is_nan()
    assert connector.get_margin_ratio("USDT") == 0
    assert connector.get_max_withdraw("USDT") == connector.get_balance("USDT")
    with pytest.raises(ArgumentFault, match="is not traded here"):
        connector.get_liquidation_price("ADA-USDT")


def switch_multi_assets(venue: LocalExchange, is_on: bool) -> None:
    venue.act(lambda engine, now_ms: engine.set_multi_assets(venue.account_id, is_on, now_ms))


async def test_multi_assets_mode_that_another_client_switches_is_followed(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, E8, now_ms, "BTC"))
    alone = connector.get_available_balance("USDT")
    switch_multi_assets(venue, True)
    together = usd(snapshot(venue).available_e8("USDT"))
    assert together > alone + 50_000
    await until(lambda: connector.get_available_balance("USDT") == together, "both assets' margin")
    assert connector.get_max_withdraw("USDT") == usd(snapshot(venue).withdrawable_e8("USDT"))
    switch_multi_assets(venue, False)
    await until(lambda: connector.get_available_balance("USDT") == alone, "one asset's margin")


async def test_an_account_in_multi_assets_mode_starts(venue: LocalExchange, trader: Trader) -> None:
    venue.act(lambda engine, now_ms: engine.transfer(venue.account_id, E8, now_ms, "BTC"))
    switch_multi_assets(venue, True)
    connector = connect(venue)
    try:
        await ready(connector)
        assert connector.get_available_balance("USDT") == usd(snapshot(venue).available_e8("USDT"))
    finally:
        await connector.stop_network()
