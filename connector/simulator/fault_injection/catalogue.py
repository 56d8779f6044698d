"""The one table of faults: what each does, at which moment it strikes, and what it may be told.

    BEFORE       a request is answered without being executed, or before it is
    AFTER        a request is executed, its answer is spoiled
    FRAME        the next frames of a kind are touched on their way
    AT_ONCE      something happens when the fault is armed, and is over
    FOR_A_WHILE  a state that lasts for `ms`, or until it is disarmed
    STANDING     a state that lasts until it is disarmed, whatever its `ms`

Requests are orders placed (`POST /fapi/v1/order`) unless `method` and `path` are given.
"""

from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    FRAME = "frame"
    AT_ONCE = "at_once"
    FOR_A_WHILE = "for_a_while"
    STANDING = "standing"


#: What lasts until it is disarmed, or at most for a while.
LASTING = (Moment.FOR_A_WHILE, Moment.STANDING)
#: What strikes so many `times`; all else strikes once, or lasts.
REPEATED = (Moment.BEFORE, Moment.AFTER, Moment.FRAME)
#: As `path`: a request of any path is struck.
ANY_PATH = "*"
#: What every fault may be told.
ALWAYS = ("name", "times")


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault that can be armed. `takes` are the parameters that it heeds beside name and times."""

    moment: Moment
    about: str
    takes: tuple[str, ...] = ()
    #: The request that it strikes by default; empty means any.
    method: str = ""
    path: str = ""
    #: The user event that it strikes by default; empty means any.
    event: str = ""
    #: What it can't do without.
    needs: tuple[str, ...] = ()
    #: Whether 0 `ms` are as good as any; what lasts or delays for no time would do nothing.
    may_take_no_time: bool = False
    #: Whether it strikes that request alone.
    is_fixed: bool = False

    def __post_init__(self) -> None:
        """What strikes requests can be turned on others, where they have what it touches."""
        turns = self.moment in (Moment.BEFORE, Moment.AFTER) and not self.is_fixed
        object.__setattr__(self, "takes", (*(("method", "path") if turns else ()), *self.takes))

    @property
    def repeats(self) -> bool:
        """Whether it strikes as often as it is told."""
        return self.moment in REPEATED

    @property
    def strikes_depth(self) -> bool:
        """Whether its `stream` is one of depth."""
        return self.moment is Moment.FRAME and "stream" in self.takes and "field" not in self.takes


_ORDER, _DEPTH, _POSITIONS = "/fapi/v1/order", "/fapi/v1/depth", "/fapi/v3/positionRisk"
_ORDER_EVENT = "ORDER_TRADE_UPDATE"


def _before(about: str, *takes: str, method: str = "POST", path: str = _ORDER) -> FaultRow:
    return FaultRow(Moment.BEFORE, about, takes, method, path)


def _late(about: str) -> FaultRow:
    return FaultRow(Moment.BEFORE, about, ("ms",), "POST", _ORDER, may_take_no_time=True)


def _after(about: str, *takes: str, method: str = "POST", path: str = _ORDER) -> FaultRow:
    return FaultRow(Moment.AFTER, about, takes, method, path)


def _user_event(about: str, *takes: str, event: str = _ORDER_EVENT) -> FaultRow:
    return FaultRow(Moment.FRAME, about, ("event", *takes), event=event)


def _depth(about: str, *takes: str) -> FaultRow:
    return FaultRow(Moment.FRAME, about, ("stream", *takes))


def _at_once(about: str, *takes: str) -> FaultRow:
    return FaultRow(Moment.AT_ONCE, about, takes)


def _while(about: str, *takes: str) -> FaultRow:
    return FaultRow(Moment.FOR_A_WHILE, about, ("ms", *takes))


def _standing(about: str, *takes: str, needs: tuple[str, ...] = ()) -> FaultRow:
    return FaultRow(Moment.STANDING, about, takes, needs=needs)


FAULTS: dict[str, FaultRow] = {
    "unknown_but_placed": _after('503 "Unknown error", executed'),
    "unknown_not_placed": _before('503 "Unknown error", not executed'),
    "executed_late": _late('503 "Unknown error", executed `ms` later'),
    "executed_late_1007": _late("-1007, executed `ms` later"),
    "executed_late_408": _late("HTTP 408 without a code, executed `ms` later"),
    "executed_late_reset": _late("connection closed, executed `ms` later"),
    "reset_after_execution": _after("connection closed, executed"),
    "reset_before_execution": _before("connection closed, not executed"),
    "timeout_1006": _after("-1006, executed"),
    "timeout_1007": _after("-1007, executed"),
    "timeout_408": _after("HTTP 408 without a code, executed"),
    "overloaded_1008": _before("-1008, not executed; cancels and what only reduces pass"),
    "service_unavailable": _before('503 "Service Unavailable"'),
    "rate_limited": _before("one answer of 429 to any request, with Retry-After of `ms`", "ms", method="", path=""),
    "banned": _before("one answer of 418 to any request, a ban for `ms` in its words", "ms", method="", path=""),
    "slow_answer": _after("the answer to any request comes `ms` late", "ms", method="", path=""),
    "event_before_ack": _after("the answer comes `ms` late", "ms"),
    "slow_snapshot": _after("the depth answer comes `ms` late", "ms", method="GET", path=_DEPTH),
    "stale_snapshot": FaultRow(
        Moment.AFTER, "the depth answer before this one to the same query", method="GET", path=_DEPTH, is_fixed=True
    ),
    "altered_answer": FaultRow(
        Moment.AFTER,
        "`field` of the answer says `value`, whatever text that is",
        ("field", "value"),
        "POST",
        _ORDER,
        needs=("field", "value"),
    ),
    "altered_header": FaultRow(
        Moment.AFTER,
        "the header `field` of the answer says `value`",
        ("field", "value"),
        "POST",
        _ORDER,
        needs=("field", "value"),
    ),
    "trade_between_reads": _after(
        "once it is answered, the sender's oldest open order of `symbol` (any when empty) is filled at its price",
        "symbol",
        method="GET",
        path=_POSITIONS,
    ),
    "lagging_orders": _standing("orders, open ones and conditional ones too, are read as they were `ms` ago", "ms"),
    "lagging_balances": _standing("account and balance are read as they were `ms` ago", "ms"),
    "lagging_trades": _standing("userTrades and income are read as they were `ms` ago", "ms"),
    "lagging_positions": _standing("positionRisk is read as it was `ms` ago", "ms"),
    "lost_user_event": _user_event("an ORDER_TRADE_UPDATE, or another `event`, is not sent"),
    "duplicate_user_event": _user_event("an ORDER_TRADE_UPDATE, or another `event`, is sent twice"),
    "reorder_user_event": _user_event("an ORDER_TRADE_UPDATE, or another `event`, is sent after the next one of it"),
    "delay_user_event": _user_event("a user event comes `ms` late, those behind it wait", "ms", event=""),
    "overtaken_user_event": _user_event("a user event comes `ms` late, those behind it overtake it", "ms", event=""),
    "absent_commission": FaultRow(Moment.FRAME, "an ORDER_TRADE_UPDATE has neither `n` nor `N`"),
    "child_fill_before_algo_update": FaultRow(Moment.FRAME, "a conditional order's child is told before it"),
    "child_fill_after_algo_update": FaultRow(Moment.FRAME, "a conditional order's child is told after its end"),
    "drop_depth": _depth("a depth frame of `stream` (any when empty) is not sent"),
    "duplicate_depth": _depth("a depth frame of `stream` (any when empty) is sent twice"),
    "reorder_depth": _depth("a depth frame of `stream` (any when empty) is sent after its successor"),
    "delay_depth": _depth("a depth frame of `stream` comes `ms` late, those behind it wait", "ms"),
    "depth_gap": _depth("a depth frame of `stream` has a `pu` that is not the `u` before it"),
    "altered_frame": FaultRow(
        Moment.FRAME,
        "`field` of a frame of `stream`, or of a user `event`, says `value`, whatever text that is",
        ("stream", "event", "field", "value"),
        needs=("field", "value"),
    ),
    "listen_key_expired": _at_once("every listen key expires"),
    "listen_key_deleted": _at_once("another client deletes every listen key: its sockets close"),
    "cut_sockets": _at_once("every WebSocket is cut"),
    "na_trades": _at_once(
        "the trade streams of `symbol` (all when empty) tell `count` trades of price 0", "symbol", "count"
    ),
    "ids_fall": _at_once("ids of orders, trades and depth begin lower than any before, and are new all the same"),
    "burst_of_trades": _at_once(
        "everybody's oldest open order of `symbol` (each when empty) is filled in `count` trades of one time",
        "symbol",
        "count",
    ),
    "burst_of_income": _at_once("everybody's income gains `count` lines of one time", "count"),
    "forced_liquidation": _at_once("whoever holds `symbol` (any when empty) is liquidated", "symbol"),
    "forced_adl": _at_once("whoever holds `symbol` (any when empty) is deleveraged", "symbol"),
    "delisting": FaultRow(
        Moment.AT_ONCE,
        "`symbol` (all when empty): orders expire, positions settle at the mark, CLOSE after `ms`",
        ("symbol", "ms"),
        may_take_no_time=True,
    ),
    "silent_stream": _while("`stream` (all when empty) sends nothing", "stream"),
    "half_open": _while("WebSockets stay open, nothing is sent or answered on them; REST answers as before"),
    "ws_api_down": _while(
        "the WS-API's sockets are cut and its handshake is answered 503; REST and the streams go on as before"
    ),
    "outage": _while(
        "sockets are cut, all but the local routes answers by `answer`: 502, 503, 504 (a page of HTML), `reset`, or "
        "`refused` where the port is closed, for the local routes too",
        "answer",
    ),
    "key_revoked": _while("-2015 for `api_key` (all when empty), its listen keys end", "api_key"),
    "key_expired": _while("-2015 for `api_key` (all when empty), its user streams go on", "api_key"),
    "key_unknown_2008": _while("-2008 for `api_key` (all when empty)", "api_key"),
    "key_format_2014": _while("-2014 for `api_key` (all when empty)", "api_key"),
    "key_locked_2017": _while("-2017 for `api_key` (all when empty)", "api_key"),
    "address_not_listed": _while(
        "-2015 for `api_key` (all when empty), whose list lacks the sender's address", "api_key"
    ),
    "no_wallet": _standing("the wallet's paths (`/sapi`) answer 403 without a code, as the venue's test hosts do"),
    "address_banned": _while('418 for all over REST and the WS-API, its handshake too, "banned until" the end'),
    "address_rate_limited": _while(
        "429 for all over REST and the WS-API, its handshake too, with Retry-After until the end"
    ),
    "weight_used_up": _while("other programs of the address use its weight but for `left` of each minute", "left"),
    "orders_used_up": _while(
        "other programs of each account use its orders but for `left` of each 10 s and of each minute", "left"
    ),
    "reduce_only_4400": _while("-4400 for orders of `symbol` (all when empty) that are not reduce-only", "symbol"),
    "reduce_only_4408": _while("-4408 for orders of `symbol` (all when empty) that are not reduce-only", "symbol"),
    "unsigned_4411": _while(
        "-4411 for orders of `symbol` (of all on traditional finance when empty) that are not reduce-only, until the "
        "account has signed",
        "symbol",
    ),
    "control_4105": _while("-4105 for orders of `symbol` (all when empty) that are not reduce-only", "symbol"),
    "control_4106": _while("-4106 for buys of `symbol` (all when empty) that are not reduce-only", "symbol"),
    "control_4107": _while("-4107 for sells of `symbol` (all when empty) that are not reduce-only", "symbol"),
    "trading_halt": _standing("`symbol` (all when empty) stands at TRADING_HALT", "symbol"),
    "contract_status": _standing(
        "`symbol` stands at `status` and, where given, has another `contract_type`; its orders are refused",
        "symbol",
        "status",
        "contract_type",
        needs=("symbol",),
    ),
    "odd_contracts": _standing("exchangeInfo has further rows: without filters, with empty steps, of strange names"),
    "clock_skew": _standing("the exchange's clock is `ms` ahead", "ms"),
    "algo_triggering": _standing("conditional orders stay TRIGGERING for `ms`", "ms"),
    "not_found_lag": _standing("orders younger than `ms` are not found by query", "ms"),
}


def fault_names() -> str:
    """The table as text: a line a fault, its name first, and what it takes beside name and times last."""
    width = max(map(len, FAULTS))
    lines = (f"{name:{width}}  {row.about} [{' '.join(row.takes)}]" for name, row in FAULTS.items())
    return "\n".join(line.removesuffix(" []") for line in lines)
