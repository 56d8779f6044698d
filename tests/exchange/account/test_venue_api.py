"""Questions to the exchange."""

from decimal import Decimal

from connector.core.enums import OrderType, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.reports import OrderStatus
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

D = Decimal


async def trade(connector: PerpetualDerivative, log: EventLog, times: int) -> None:
    for _ in range(times):
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted, times)


async def test_lists_come_whole_whatever_the_size_of_a_page(
    connector: PerpetualDerivative, log: EventLog, monkeypatch: object
) -> None:
    account = connector.components.api
    await trade(connector, log, 5)
    everything = [row.exchange_order_id async for row in account.orders_from(SYMBOL, 1)]
    trades = [row.fills[0].trade_id async for row in account.trades_from(SYMBOL, 1)]
    import connector.exchange.account.venue_api as module

    monkeypatch.setattr(module, "_PAGE", 2)  # type: ignore[attr-defined]
    assert [row.exchange_order_id async for row in account.orders_from(SYMBOL, 1)] == everything
    assert [row.fills[0].trade_id async for row in account.trades_from(SYMBOL, 1)] == trades
    lines = [(line.kind, line.income_id) async for line in account.income_since(0)]
    assert len(lines) == len(set(lines))
    assert len(trades) == 5


async def test_the_newest_order_and_trade_are_told(connector: PerpetualDerivative, log: EventLog) -> None:
    account = connector.components.api
    assert (await account.last_order_id(SYMBOL), await account.newest_trade(SYMBOL)) == (0, None)
    await trade(connector, log, 2)
    rows = [row async for row in account.trades_from(SYMBOL, 1)]
    assert await account.newest_trade(SYMBOL) == rows[-1]
    assert await account.last_order_id(SYMBOL) == int(rows[-1].exchange_order_id)


async def test_a_snapshot_names_everything_and_is_stamped_before_it_was_asked(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    await trade(connector, log, 1)
    before_ms = connector.components.gateway.venue_ms()
    snapshot = await connector.components.api.snapshot()
    assert snapshot.complete
    assert before_ms <= snapshot.time_ms <= connector.components.gateway.venue_ms()
    assert [row.amount for row in snapshot.positions] == [D("0.010")]
    assert "USDT" in [row.asset for row in snapshot.balances]


async def test_one_order_is_asked_for_by_our_own_id(connector: PerpetualDerivative, log: EventLog) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    report = await connector.components.api.order(SYMBOL, name)
    assert (report.status, report.executed_amount, report.average_price) == (
        OrderStatus.FILLED,
        D("0.010"),
        D(60_010),
    )
    of_order = await connector.components.api.trades_of_order(SYMBOL, report.exchange_order_id, report.time_ms)
    assert [row.fills[0].amount for row in of_order] == [D("0.010")]


async def test_the_accounts_set_up_is_read(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    account = VenueApi(connector.components.gateway)
    assert (await account.config()).position_mode is PositionMode.ONEWAY
    assert (await account.commission(SYMBOL)).maker == D("0.0002")
    brackets = await account.brackets(SYMBOL)
    assert brackets[0].initial_leverage == 125
    key = await account.create_listen_key()
    assert (await account.extend_listen_key()).reveal() == key.reveal()


async def test_last_prices_are_told_of_every_contract(connector: PerpetualDerivative) -> None:
    prices = await connector.components.api.last_prices()
    assert {SYMBOL, "ETHUSDT"} <= prices.keys()
    assert all(price > 0 for price in prices.values())
