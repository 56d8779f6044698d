"""When the markets behind contracts on traditional finance are open ("Trading Schedule", as of 2025-12-11).

Each market's week is a table of sessions in UTC without summer time; what no session covers is NO_TRADING. The
venue knows holidays too. Contracts trade round the clock all the same: the sessions are told, nothing is stopped.
"""

from dataclasses import dataclass

from connector.simulator.market.candles import DAY_MS, MINUTE_MS

Payload = dict[str, object]
PRE_MARKET, REGULAR, AFTER_MARKET, OVERNIGHT = "PRE_MARKET", "REGULAR", "AFTER_MARKET", "OVERNIGHT"
NO_TRADING = "NO_TRADING"
#: How far back and ahead the schedule is told.
_AROUND_MS = 7 * DAY_MS
#: 1970-01-01 was a Thursday; Monday is day 0.
_EPOCH_WEEKDAY = 3
_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of one kind of trading."""

    start_ms: int
    #: The next session's start.
    end_ms: int
    kind: str


@dataclass(frozen=True, slots=True)
class Market:
    """The working day of one market."""

    #: Names its frames.
    event: str
    #: (From minute of the day, to minute, kind).
    hours: tuple[tuple[int, int, str], ...]


#: The whole working day, for markets that rest at the weekend alone.
_ALL_DAY = ((0, 1440, REGULAR),)
MARKETS: dict[str, Market] = {
    "EQUITY": Market(
        "EquityUpdate",
        ((0, 540, OVERNIGHT), (540, 870, PRE_MARKET), (870, 1260, REGULAR), (1260, 1440, AFTER_MARKET)),
    ),
    "COMMODITY": Market("CommodityUpdate", ((0, 1320, REGULAR), (1380, 1440, REGULAR))),
    "KR_EQUITY": Market("KR_EquityUpdate", ((0, 390, REGULAR),)),
    "HK_EQUITY": Market("HK_EquityUpdate", ((90, 240, REGULAR), (300, 480, REGULAR))),
    "CN_EQUITY": Market("CN_EquityUpdate", ((90, 210, REGULAR), (300, 420, REGULAR))),
    "FX": Market("FXUpdate", _ALL_DAY),
}


def sessions(market: Market, from_ms: int, to_ms: int) -> list[Session]:
    """The sessions of a market that touch a window, without gaps, neighbours of one kind joined."""
    found: list[Session] = []
    first_day = from_ms // DAY_MS - 7
    for day in range(first_day, to_ms // DAY_MS + 8):
        for start, end, kind in _day(market, day):
            _append(found, Session(day * DAY_MS + start * MINUTE_MS, day * DAY_MS + end * MINUTE_MS, kind))
    return [session for session in found if session.end_ms > from_ms and session.start_ms <= to_ms]


def _day(market: Market, day: int) -> list[tuple[int, int, str]]:
    if (day + _EPOCH_WEEKDAY) % 7 >= _WEEKEND:
        return [(0, 1440, NO_TRADING)]
    rows: list[tuple[int, int, str]] = []
    minute = 0
    for start, end, kind in market.hours:
        if start > minute:
            rows.append((minute, start, NO_TRADING))
        rows.append((start, end, kind))
        minute = end
    return rows if minute == 1440 else [*rows, (minute, 1440, NO_TRADING)]


def _append(found: list[Session], session: Session) -> None:
    if found and found[-1].kind == session.kind:
        found[-1] = Session(found[-1].start_ms, session.end_ms, session.kind)
    else:
        found.append(session)


def schedule(now_ms: int) -> Payload:
    """The answer of tradingSchedule: a week back and a week ahead."""
    return {
        "updateTime": now_ms // DAY_MS * DAY_MS,
        "marketSchedules": {
            name: {
                "sessions": [
                    {"startTime": row.start_ms, "endTime": row.end_ms, "type": row.kind}
                    for row in sessions(market, now_ms - _AROUND_MS, now_ms + _AROUND_MS)
                ]
            }
            for name, market in MARKETS.items()
        },
    }


def session_update(market: Market, now_ms: int) -> Payload:
    """A frame of tradingSession: the session that is on."""
    (now,) = sessions(market, now_ms, now_ms)
    return {"e": market.event, "E": now_ms, "t": now.start_ms, "T": now.end_ms, "S": now.kind}
