"""Days whose hours are minutes, and what is paid on them."""

from decimal import Decimal

from connector.core.event_tags import MarketEvent
from connector.core.events import FundingPaymentCompletedEvent
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import to_e8
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import SYMBOL, EventLog

#: What stands for an hour: an eighth of an interval is a minute, as long as payments are waited for at most.
HOUR_S = 60.0
EIGHT_HOURS = {"funding_interval_s": 8 * HOUR_S, "funding_first_s": HOUR_S, "pulse_ms": 500}


def paid(log: EventLog) -> list[FundingPaymentCompletedEvent]:
    return list(log.of(MarketEvent.FundingPaymentCompleted))  # type: ignore[arg-type]


def nail(venue: LocalExchange, rate: str, hours: int | None = None, symbol: str = SYMBOL) -> None:
    """From now on the rate is this one."""

    def adjust(engine: Engine, now_ms: int) -> None:
        engine.adjust_funding(symbol, now_ms, hours, None, None, to_e8(Decimal(rate)))

    venue.act(adjust)


def booked(venue: LocalExchange) -> list[Decimal]:
    rows = venue.engine.accounts[venue.account_id].income_of("FUNDING_FEE", None)
    return [Decimal(row.amount_e8) / 10**8 for history in rows if history for row in history]
