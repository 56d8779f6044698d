from datetime import UTC, datetime
from itertools import pairwise

import pytest

from connector.simulator.market.candles import DAY_MS
from connector.simulator.market.trading_hours import MARKETS, session_update, sessions


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize("market", MARKETS)
def test_sessions_follow_each_other_without_gap(market: str) -> None:
    start = at("2026-11-20T10:00")
    found = sessions(MARKETS[market], start - 7 * DAY_MS, start + 7 * DAY_MS)
    assert all(before.end_ms == after.start_ms and before.kind != after.kind for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("market", "moment", "kind"),
    [
        ("EQUITY", "2026-11-20T10:00", "PRE_MARKET"),
        ("EQUITY", "2026-11-20T15:00", "REGULAR"),
        ("EQUITY", "2026-11-20T22:00", "AFTER_MARKET"),
        ("EQUITY", "2026-11-20T03:00", "OVERNIGHT"),
        ("EQUITY", "2026-11-21T15:00", "NO_TRADING"),
        ("HK_EQUITY", "2026-11-20T04:30", "NO_TRADING"),
        ("FX", "2026-11-20T23:59", "REGULAR"),
        ("FX", "2026-11-22T12:00", "NO_TRADING"),
    ],
)
def test_the_session_that_is_on_is_told(market: str, moment: str, kind: str) -> None:
    frame = session_update(MARKETS[market], at(moment))
    assert (frame["S"], frame["e"]) == (kind, MARKETS[market].event)
    assert isinstance(frame["t"], int) and isinstance(frame["T"], int)
    assert frame["t"] <= at(moment) < frame["T"]


def test_a_weekend_is_one_session() -> None:
    frame = session_update(MARKETS["FX"], at("2026-11-22T12:00"))
    assert (frame["t"], frame["T"]) == (at("2026-11-21T00:00"), at("2026-11-23T00:00"))
