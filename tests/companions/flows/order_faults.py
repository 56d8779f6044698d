"""Faults that touch orders, and how strong they are drawn."""

import random

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.faults import Armed
from tests.companions.local_trading import SYMBOL

#: What these strike is no order of ours: books, trades of the market, contracts that end.
ELSEWHERE = {
    "slow_snapshot", "stale_snapshot", "drop_depth", "duplicate_depth", "reorder_depth", "delay_depth", "depth_gap",
    "na_trades", "odd_contracts", "delisting", "contract_status",
}  # fmt: skip
TOUCHING = sorted(FAULTS.keys() - ELSEWHERE)
NONE = "none"

EVENTS = ("ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "TRADE_LITE")
#: What no reader can take for a value of anything; where a lie could be true, nobody can know better.
_UNREADABLE = ("null", "[]", '"NaN"', '"1e400"', "1e400", '"-7"', '"x"', "NaN", '"²"')
_ENDS = ('"CANCELED"', '"FILLED"', '"EXPIRED"', '"NEW"')
_ANSWERED = ("orderId", "executedQty", "avgPrice", "origQty", "status", "symbol", "clientOrderId", "updateTime")
_TOLD = ("o.z", "o.l", "o.L", "o.X", "o.x", "o.c", "o.i", "o.t", "o.T", "T")
_HEADERS = ("X-MBX-USED-WEIGHT-1M", "X-MBX-ORDER-COUNT-10S", "X-MBX-ORDER-COUNT-1M", "Retry-After", "Date")


def drawn(name: str, chance: random.Random, method: str, path: str = "") -> Armed:
    """The fault, of a strength by chance; one of requests strikes those of `method` and `path`."""
    times, ms = chance.choice((1, 1, 2, 3)), chance.choice((200, 700, 1_500, 3_000))
    return _aimed(Armed(name, times=times, ms=ms), chance, method, path)


def once(name: str, chance: random.Random, method: str, path: str = "") -> Armed:
    """The fault, striking once; what lasts or delays for long enough that everything done meanwhile meets it."""
    return _aimed(Armed(name, times=1, ms=1_500), chance, method, path)


def _aimed(fault: Armed, chance: random.Random, method: str, path: str) -> Armed:
    row = FAULTS[fault.name]
    if row.method and "method" in row.takes:
        fault.method, fault.path = method, path
    if "symbol" in row.takes:
        fault.symbol = SYMBOL
    if row.event:
        fault.event = chance.choice(EVENTS) if "event" in row.takes else ""
    match fault.name:
        case "altered_answer":
            fault.field = chance.choice(_ANSWERED)
            fault.value = chance.choice(_ENDS if fault.field == "status" else _UNREADABLE)
        case "altered_frame":
            fault.event, fault.field = EVENTS[0], chance.choice(_TOLD)
            fault.value = chance.choice(_ENDS if fault.field == "o.X" else _UNREADABLE)
        case "altered_header":
            fault.field, fault.value = chance.choice(_HEADERS), chance.choice(("9" * 5000, "²", "-1", "1e400", "", "0"))
    return fault
