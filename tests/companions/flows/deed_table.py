"""The table of the fault matrix: deeds, and the ways by which the venue has them.

A new deed, or a new way, is a row more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from connector.core.enums import OrderWay
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.flows import conditional_deeds, order_deeds
from tests.companions.flows.order_deeds import Strike
from tests.companions.flows.order_weather import Weather
from tests.companions.local_trading import connect

REST, WS_API = "rest", "ws_api"

#: How a connector is made that sends its orders so.
WAYS: dict[str, Callable[[LocalExchange], PerpetualDerivative]] = {
    REST: partial(connect, way=OrderWay.REST),
    WS_API: partial(connect, way=OrderWay.WS_API),
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done, and by which ways the venue has it."""

    does: Callable[[Weather, Strike], Awaitable[None]]
    ways: tuple[str, ...] = tuple(WAYS)


DEEDS: dict[str, Deed] = {
    "create": Deed(order_deeds.creates),
    "cancel": Deed(order_deeds.cancels),
    "cancel_before_ack": Deed(order_deeds.cancels_before_the_ack),
    "cancel_all": Deed(order_deeds.cancels_all),
    "change": Deed(order_deeds.changes),
    "change_and_cancel": Deed(order_deeds.changes_that_are_overtaken_by_cancels),
    "several": Deed(order_deeds.several_are_placed_and_cancelled, ways=(REST,)),
    "several_changes": Deed(order_deeds.several_are_changed, ways=(REST,)),
    "conditional": Deed(conditional_deeds.conditional_fired),
    "conditional_cancel": Deed(conditional_deeds.cancelled_as_they_fire),
}
#: More that is done in pairs of faults alone.
FURTHER: dict[str, Deed] = {
    "trade": Deed(order_deeds.trades_both_ways),
    "conditional_create": Deed(conditional_deeds.conditional_placed),
    "conditional_cancel_quietly": Deed(conditional_deeds.conditional_cancelled),
    "conditional_cancel_all": Deed(conditional_deeds.conditional_all_cancelled),
}

#: Every deed by every way that the venue has for it.
MATRIX = [(deed, way) for deed, row in DEEDS.items() for way in row.ways]
EVERY = {**DEEDS, **FURTHER}
