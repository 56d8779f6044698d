"""Faults on demand: by name, a number of times, so that a test chooses what goes wrong.

A row says at which moment a fault strikes:

    BEFORE     a request is answered without being executed
    AFTER      a request is executed, its answer is spoiled
    FRAME      the next frames of a kind are touched on their way
    AT_ONCE    something happens to streams or keys when the fault is armed
    STANDING   a state that lasts until it is disarmed

Requests are orders placed (`POST /fapi/v1/order`) unless `method` and `path` are given. `stream` and `symbol` choose
whom the faults of streams and contracts strike. What stands lasts until it is disarmed (`times` 0), whatever its `ms`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    FRAME = "frame"
    AT_ONCE = "at_once"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault that can be armed."""

    moment: Moment
    about: str
    method: str = ""
    #: The request it strikes by default; empty means any.
    path: str = ""


_ORDER = "/fapi/v1/order"
_DEPTH = "/fapi/v1/depth"

FAULTS: dict[str, FaultRow] = {
    "unknown_but_placed": FaultRow(Moment.AFTER, '503 "Unknown error", executed', "POST", _ORDER),
    "unknown_not_placed": FaultRow(Moment.BEFORE, '503 "Unknown error", not executed', "POST", _ORDER),
    "reset_after_execution": FaultRow(Moment.AFTER, "connection closed, executed", "POST", _ORDER),
    "reset_before_execution": FaultRow(Moment.BEFORE, "connection closed, not executed", "POST", _ORDER),
    "timeout_1006": FaultRow(Moment.AFTER, "-1006, executed", "POST", _ORDER),
    "timeout_1007": FaultRow(Moment.AFTER, "-1007, executed", "POST", _ORDER),
    "timeout_408": FaultRow(Moment.AFTER, "HTTP 408 without a code, executed", "POST", _ORDER),
    "overloaded_1008": FaultRow(Moment.BEFORE, "-1008, not executed", "POST", _ORDER),
    "service_unavailable": FaultRow(Moment.BEFORE, '503 "Service Unavailable"', "POST", _ORDER),
    "rate_limited": FaultRow(Moment.BEFORE, "429 with Retry-After of `ms`"),
    "banned": FaultRow(Moment.BEFORE, "418, banned for `ms`"),
    "slow_answer": FaultRow(Moment.AFTER, "the answer to any request comes `ms` late"),
    "event_before_ack": FaultRow(Moment.AFTER, "the answer comes `ms` late", "POST", _ORDER),
    "slow_snapshot": FaultRow(Moment.AFTER, "the depth answer comes `ms` late", "GET", _DEPTH),
    "stale_snapshot": FaultRow(Moment.AFTER, "the answer before this one to the same query", "GET", _DEPTH),
    "lost_user_event": FaultRow(Moment.FRAME, "an ORDER_TRADE_UPDATE is not sent"),
    "duplicate_user_event": FaultRow(Moment.FRAME, "an ORDER_TRADE_UPDATE is sent twice"),
    "reorder_user_event": FaultRow(Moment.FRAME, "an ORDER_TRADE_UPDATE is sent after the next one"),
    "delay_user_event": FaultRow(Moment.FRAME, "a user event comes `ms` late, those behind it wait"),
    "child_fill_before_algo_update": FaultRow(Moment.FRAME, "a conditional order's child is told before it"),
    "child_fill_after_algo_update": FaultRow(Moment.FRAME, "a conditional order's child is told after its end"),
    "drop_depth": FaultRow(Moment.FRAME, "a depth frame of `stream` (any when empty) is not sent"),
    "duplicate_depth": FaultRow(Moment.FRAME, "a depth frame of `stream` (any when empty) is sent twice"),
    "reorder_depth": FaultRow(Moment.FRAME, "a depth frame of `stream` (any when empty) is sent after its successor"),
    "delay_depth": FaultRow(Moment.FRAME, "a depth frame of `stream` comes `ms` late, those behind it wait"),
    "depth_gap": FaultRow(Moment.FRAME, "a depth frame of `stream` has a `pu` that is not the `u` before it"),
    "listen_key_expired": FaultRow(Moment.AT_ONCE, "every listen key expires"),
    "listen_key_deleted": FaultRow(Moment.AT_ONCE, "another client deletes every listen key: its sockets close"),
    "silent_stream": FaultRow(Moment.AT_ONCE, "`stream` (all when empty) sends nothing for `ms`"),
    "cut_sockets": FaultRow(Moment.AT_ONCE, "every WebSocket is cut"),
    "half_open": FaultRow(Moment.AT_ONCE, "sockets stay open, nothing is sent or answered for `ms`"),
    "forced_liquidation": FaultRow(Moment.AT_ONCE, "whoever holds `symbol` (any when empty) is liquidated"),
    "forced_adl": FaultRow(Moment.AT_ONCE, "whoever holds `symbol` (any when empty) is deleveraged"),
    "delisting": FaultRow(
        Moment.AT_ONCE, "`symbol` (all when empty): orders expire, positions settle at the mark, CLOSE after `ms`"
    ),
    "trading_halt": FaultRow(Moment.STANDING, "`symbol` (all when empty) stands at TRADING_HALT"),
    "clock_skew": FaultRow(Moment.STANDING, "the exchange's clock is `ms` ahead"),
    "algo_triggering": FaultRow(Moment.STANDING, "conditional orders stay TRIGGERING for `ms`"),
    "not_found_lag": FaultRow(Moment.STANDING, "orders younger than `ms` are not found by query"),
}


@dataclass(slots=True)
class Armed:
    """An armed fault and how often it will still strike."""

    name: str
    times: int
    ms: int
    method: str
    path: str
    stream: str
    symbol: str = ""


class Faults:
    """What is armed. `at_once` is called for faults that strike when they are armed, and for standing ones that come
    (or, with `times` 0, go).
    """

    def __init__(self, at_once: Callable[[Armed], None]) -> None:
        self._at_once = at_once
        self._armed: dict[str, Armed] = {}

    def arm(
        self,
        name: str,
        times: int = 1,
        *,
        ms: int = 1000,
        method: str = "",
        path: str = "",
        stream: str = "",
        symbol: str = "",
    ) -> None:
        """Arms a fault of the table; KeyError for a name that is not in it. `times` 0 disarms it."""
        row = FAULTS[name]
        armed = Armed(name, times, ms, method or row.method, path or row.path, stream, symbol)
        if row.moment is Moment.STANDING or (times > 0 and row.moment is Moment.AT_ONCE):
            self._at_once(armed)
        if times <= 0:
            self._armed.pop(name, None)
        elif row.moment is not Moment.AT_ONCE:
            self._armed[name] = armed

    def armed(self) -> list[Armed]:
        return list(self._armed.values())

    def take(self, name: str, stream: str = "") -> Armed | None:
        """That fault if it strikes now, and strikes `stream`; it will strike once less."""
        armed = self._armed.get(name)
        if armed is None or armed.stream not in ("", stream):
            return None
        armed.times -= 1
        if not armed.times:
            del self._armed[name]
        return armed

    def take_request(self, moment: Moment, method: str, path: str) -> Armed | None:
        """The first armed fault of that moment that strikes this request."""
        for armed in self._armed.values():
            fits = armed.method in ("", method) and armed.path in ("", path)
            if FAULTS[armed.name].moment is moment and fits:
                return self.take(armed.name, armed.stream)
        return None

    def standing_ms(self, name: str) -> int:
        """The `ms` of a standing fault, 0 when it is not armed."""
        armed = self._armed.get(name)
        return armed.ms if armed else 0


def fault_names() -> str:
    """The table as text: a line a fault, its name first."""
    width = max(map(len, FAULTS))
    return "\n".join(f"{name:{width}}  {row.about}" for name, row in FAULTS.items())
