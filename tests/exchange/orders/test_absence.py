"""A way out for an order that a look-up does not find."""

from decimal import Decimal

from connector.core.enums import OrderState, OrderType
from connector.core.events import MarketEvent
from connector.core.faults import Fate
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.absence import searched
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, connect, ready, until

D = Decimal
#: An order that this exchange never had, as an exchange that was reset leaves it with us.
GONE = {
    "client_order_id": "test01-000000000000000000000aB", "exchange_order_id": "17958417530339", "trading_pair": PAIR,
    "symbol": "BTCUSDT", "trade_type": "BUY", "order_type": "LIMIT", "amount": "0.01", "price": "59500",
    "position_action": "OPEN", "leverage": "5", "created_ms": "1", "base_asset": "BTC", "quote_asset": "USDT",
    "state": "OPEN", "reported_executed": "0", "reported_average_price": "", "last_update_ms": "1",
    "venue_time_ms": "1", "cancel_requested_ms": "", "unknown_since_ms": "", "lost": "False", "ghost": "False",
    "creation_told": "True", "completion_told": "False", "fills": [],
}  # fmt: skip


async def test_a_restored_order_that_the_exchange_does_not_know_fails_and_gives_its_margin_back(
    venue: LocalExchange, trader: object
) -> None:
    connector = connect(venue)
    connector.restore_tracking_states({GONE["client_order_id"]: GONE})  # type: ignore[dict-item]
    log = EventLog(connector)
    await ready(connector)
    held = connector.get_available_balance("USDT")
    await until(lambda: bool(log.of(MarketEvent.OrderFailure)), "it is given up", 60)
    (failure,) = log.of(MarketEvent.OrderFailure)
    fault = failure.fault  # type: ignore[union-attr]
    assert fault is not None and fault.rule.fate is Fate.GONE
    assert "neither among open orders nor in its history nor among its trades" in str(fault)
    assert connector.in_flight_orders == {}
    assert connector.get_available_balance("USDT") > held
    assert all(result.success for result in await connector.cancel_all(1))
    await connector.stop_network()


async def test_an_order_that_lives_is_never_absent(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_500))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    order = connector.components.tracker.order(name)
    assert order is not None
    (found,) = await searched(connector.components.api, order, order.created_ms)
    assert (found.client_order_id, found.status.value) == (name, "NEW")


async def test_look_ups_that_lag_for_a_while_prove_nothing(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(60_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    venue.faults.arm("not_found_lag", times=30, ms=3_000)
    order = connector.components.tracker.order(name)
    assert order is not None
    await connector.components.entry.look_up(order)
    assert order.lost
    await until(lambda: not order.lost, "it is seen again")
    assert order.state is OrderState.OPEN
    assert "OrderFailure" not in log.tags()
