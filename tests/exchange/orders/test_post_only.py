from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, TimeInForce, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import BuyOrderCreatedEvent, MarketOrderFailureEvent
from connector.core.intents import OrderIntent
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.order_options import PLAIN, OrderOptions
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.post_only import repriced
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, connect, ready, until

D = Decimal
TICK = D("0.1")
BUY = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.01"), D(100))
SELL = replace(BUY, trade_type=TradeType.SELL)


@pytest.mark.parametrize(
    ("intent", "touch", "price"),
    [
        (BUY, (D("99.7"), D("99.9")), D("99.8")),
        (BUY, (D("99.7"), D("100.4")), D("99.9")),  # the touch that is known is older than the refusal
        (BUY, (None, None), D("99.9")),
        (BUY, (D("99.6"), D("99.8")), D("99.7")),
        (BUY, (D("99.5"), D("99.7")), None),  # four ticks
        (SELL, (D("100.1"), D("100.3")), D("100.2")),
        (SELL, (D("100.3"), D("100.5")), None),
        (replace(BUY, order_type=OrderType.LIMIT), (D("99.7"), D("99.9")), None),
        (replace(BUY, order_type=OrderType.LIMIT, options=OrderOptions(TimeInForce.IOC)), (D("99.7"), D("99.9")), None),
        (replace(BUY, order_type=OrderType.LIMIT, options=OrderOptions(TimeInForce.GTX)), (None, D("99.9")), D("99.8")),
        (replace(BUY, order_type=OrderType.LIMIT, options=OrderOptions(TimeInForce.RPI)), (None, D("99.9")), D("99.8")),
        (replace(BUY, order_type=OrderType.STOP, options=OrderOptions(TimeInForce.GTX)), (None, D("99.9")), None),
    ],
)
def test_a_quote_that_would_take_is_priced_by_the_touch_within_bounds(
    intent: OrderIntent, touch: tuple[Decimal | None, Decimal | None], price: Decimal | None
) -> None:
    moved = repriced(intent, D(100), touch, TICK, 3)
    assert (moved and moved.price) == price


@pytest.mark.parametrize(
    ("kind", "options"), [(OrderType.LIMIT_MAKER, PLAIN), (OrderType.LIMIT, OrderOptions(TimeInForce.GTX))]
)
async def test_a_quote_at_the_other_sides_touch_rests_a_tick_behind_it(
    connector: PerpetualDerivative, log: EventLog, kind: OrderType, options: OrderOptions
) -> None:
    connector.buy(PAIR, D("0.010"), kind, D(60_010), options=options)
    created = await log.waits_for(MarketEvent.BuyOrderCreated)
    assert isinstance(created, BuyOrderCreatedEvent)
    assert created.price == D("60009.90")
    assert log.tags() == ["BuyOrderCreated"]


async def test_a_quote_that_would_have_to_move_far_is_refused(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("60010.30"))
    failure = await log.waits_for(MarketEvent.OrderFailure)
    assert isinstance(failure, MarketOrderFailureEvent)
    assert failure.rejection == Rejection(RejectionKind.POST_ONLY, -5022)


@pytest.mark.parametrize("ticks", [0, 1, 5])
async def test_how_far_a_quote_may_move_is_a_setting(venue: LocalExchange, trader: object, ticks: int) -> None:
    connector = connect(venue, post_only_reprice_ticks=ticks)
    log = EventLog(connector)
    await ready(connector)
    for distance in range(7):
        connector.buy(PAIR, D("0.001"), OrderType.LIMIT_MAKER, D(60_010) + distance * TICK)
    await until(lambda: len(log.of(MarketEvent.BuyOrderCreated)) + len(log.of(MarketEvent.OrderFailure)) == 7, "told")
    # At the touch itself it moves by one tick, and by one more for each tick beyond it.
    assert len(log.of(MarketEvent.BuyOrderCreated)) == ticks
    await connector.stop_network()
