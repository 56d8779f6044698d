from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, EventLog, until


async def test_what_the_entry_was_answered_is_awaited_on_the_stream_of_the_same_venue(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    watch = connector.components.user.ack_watch
    venue.faults.arm("lost_user_event")
    connector.buy(PAIR, Decimal("0.010"), OrderType.LIMIT_MAKER, Decimal(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    await until(lambda: watch.overdue_ms(connector.components.clock.monotonic_ms()) > 0, "its event is owed")
