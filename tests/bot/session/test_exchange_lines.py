"""What the exchange wants has one line, wherever it is told."""

import pytest

from connector.bot.session.exchange_lines import exchange_line
from connector.core.connection_events import FeedLostEvent, FeedRestoredEvent, OpeningsResumedEvent
from connector.core.events import Event
from connector.exchange import gates


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            FeedLostEvent(1.0, gates.RATE_LIMITS, "silence until 00:01:00"),
            "silence until 00:01:00; nothing is sent before",
        ),
        (FeedRestoredEvent(1.0, gates.RATE_LIMITS), "the exchange takes requests again"),
        (FeedLostEvent(1.0, gates.USER_STREAM, "silent"), "lost: user stream initialized (silent)"),
        (FeedRestoredEvent(1.0, gates.USER_STREAM), "back: user stream initialized"),
        (OpeningsResumedEvent(1.0, "BTC-USDT", -2019, 3), "opening orders of BTC-USDT go again; 3 were kept back"),
        (OpeningsResumedEvent(1.0, "all pairs", 0, 3), "new orders go again"),
    ],
)
def test_it_says_what_is_wanted_and_nothing_of_other_events(event: Event, line: str) -> None:
    assert exchange_line(event) == line
