"""Events in the words of a message, and of which kind they are."""

import pytest

from connector.bot.notify.event_lines import KINDS_OF, event_line, kind_of
from connector.bot.notify.kinds import Kind
from connector.core.connection_events import (
    FeedLostEvent,
    FeedRestoredEvent,
    OpeningsPausedEvent,
    OpeningsResumedEvent,
    OrdersPausedEvent,
    RiskLimitEvent,
    TradingStatusEvent,
)
from connector.core.events import Event, LiquidationEvent, MarginCallEvent
from tests.companions.local_trading import PAIR, D

AT = 1_795_910_400.0
LOST = FeedLostEvent(AT, "order_books_initialized", "BTC-USDT: depth silent for 5.2 s")
BANNED = FeedLostEvent(AT, "rate_limits", "the exchange wants silence until 12:00:09 UTC")
LIQUIDATED = LiquidationEvent(AT, PAIR, "autoclose-7", False, D("0.5"), D("51000"), D("-4500"), D("12.5"))
HALTED = TradingStatusEvent(AT, PAIR, False, "PENDING_TRADING", False, (), "BTC-USDT does not trade now")
STRUCK = RiskLimitEvent(
    AT, "max_run_loss", D(201), D(200), "USDT", D(1), False,
    "max_run_loss: 201 of 200 USDT: no order leaves any more that opens",
)  # fmt: skip
ROWS: list[tuple[Event, Kind, str]] = [
    (LOST, Kind.LOST, "lost: order books initialized (BTC-USDT: depth silent for 5.2 s)"),
    (FeedRestoredEvent(AT, "order_books_initialized"), Kind.LOST, "back: order books initialized"),
    (BANNED, Kind.BAN, "the exchange wants silence until 12:00:09 UTC; nothing is sent before"),
    (FeedRestoredEvent(AT, "rate_limits"), Kind.BAN, "the exchange takes requests again"),
    (OrdersPausedEvent(AT, AT + 9, "-1015"), Kind.BAN, "the exchange wants no new orders until"),
    (LIQUIDATED, Kind.MARGIN, "liquidated: 0.5 BTC-USDT closed at 51,000, result -4500, fee 12.5"),
    (MarginCallEvent(AT, (PAIR,)), Kind.MARGIN, "margin call: BTC-USDT: liquidation is near"),
    (STRUCK, Kind.LIMIT, "max_run_loss: 201 of 200 USDT: no order leaves any more that opens"),
    (HALTED, Kind.STATUS, "BTC-USDT does not trade now"),
    (
        OpeningsPausedEvent(AT, PAIR, -2019, "no margin"),
        Kind.OPENINGS,
        "opening orders of BTC-USDT are paused, a probe goes once a minute: no margin",
    ),
    (OpeningsResumedEvent(AT, PAIR, -2019, 4), Kind.OPENINGS, "opening orders of BTC-USDT go again; 4 were kept back"),
    (
        OpeningsPausedEvent(AT, "all pairs", 0, "shut by the operator"),
        Kind.OPENINGS,
        "no new orders: shut by the operator; cancels and closes go on",
    ),
    (OpeningsResumedEvent(AT, "all pairs", 0, 0), Kind.OPENINGS, "new orders go again"),
]


@pytest.mark.parametrize(("event", "kind", "line"), ROWS, ids=lambda value: getattr(value, "name", None))
def test_each_is_one_line_of_its_kind(event: Event, kind: Kind, line: str) -> None:
    assert kind_of(event) is kind
    assert event_line(event).startswith(line)
    assert "\n" not in event_line(event)


def test_every_kind_of_events_is_heard_of() -> None:
    told = {kind for kinds in KINDS_OF.values() for kind in kinds}
    assert told == set(Kind) - {Kind.RUN}, "a run tells itself"
