"""The venue's two families of orders, and by which of them an order is placed, cancelled and looked up.

    regular        in the book, or through it       POST, DELETE, GET /order
    conditional    waits for a price                POST, DELETE, GET /algoOrder; after the trigger its child, under
                                                    the same client order id, is a regular order

Where a conditional order stands is known by what the venue said last, which may be old: who asks the one family and is
told that there is no such order asks the other.
"""

from typing import Final

from connector.core.enums import PositionMode, SelfTradePrevention, TriggerState
from connector.core.faults import Fate, Fault
from connector.core.intents import OrderIntent
from connector.core.reports import OrderReport, ReportSource
from connector.exchange.account.venue_api import VenueApi
from connector.orders.in_flight_order import InFlightOrder
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.wire import algo_replies, algo_requests, order_replies, requests
from connector.wire.requests import RequestParams

#: A request that may do it.
Way = tuple[Endpoint, RequestParams]
#: How a conditional order is placed, and one that only reduces: by either way, and where REST alone has it.
_PLACEMENTS: Final = {
    False: (endpoints.PLACE_ALGO_ORDER, endpoints.PLACE_ALGO_ORDER_BY_REST),
    True: (endpoints.CLOSE_ALGO_ORDER, endpoints.CLOSE_ALGO_ORDER_BY_REST),
}
#: Times in force that `algoOrder.place` does not list, as of 2026-11.
_OF_REST_ALONE: Final = frozenset({"GTX", "GTD", "RPI"})
#: The refusal of a cancel that comes between the trigger and the child.
BEING_TRIGGERED: Final = -4117


def placement(intent: OrderIntent, order: InFlightOrder, mode: PositionMode, prevention: SelfTradePrevention) -> Way:
    """How an order is asked for."""
    name = order.client_order_id
    if intent.order_type.is_conditional:
        params = algo_requests.place_algo_order(intent, order.symbol, name, mode, prevention)
        either, by_rest = _PLACEMENTS[intent.reduces_only]
        return by_rest if params.get("timeInForce") in _OF_REST_ALONE else either, params
    endpoint = endpoints.CLOSE_ORDER if intent.reduces_only else endpoints.PLACE_ORDER
    return endpoint, requests.place_order(intent, order.symbol, name, mode, prevention)


def placed(body: bytes, order: InFlightOrder) -> OrderReport:
    """The answer to a new order. Raises `UnreadableFault`."""
    read = algo_replies.algo_order if order.order_type.is_conditional else order_replies.order
    return read(body, ReportSource.ACK, order.symbol, order.client_order_id)


def cancels(order: InFlightOrder) -> tuple[Way, ...]:
    """The ways by which an order may be cancelled, the likelier one first: the next where one finds no such order."""
    ways = cancels_by_name(order.symbol, order.client_order_id, is_conditional=order.trigger is not None)
    return ways if order.waits_for_trigger else ways[::-1]


def cancels_by_name(symbol: str, client_order_id: str, *, is_conditional: bool) -> tuple[Way, ...]:
    """The ways by which an order may be cancelled of which little is known, that of a waiting one first."""
    regular = endpoints.CANCEL_ORDER, requests.order_by_client_id(symbol, client_order_id)
    waiting = endpoints.CANCEL_ALGO_ORDER, requests.algo_order_by_client_id(client_order_id)
    return (waiting, regular) if is_conditional else (regular,)


def cancelled(body: bytes, endpoint: Endpoint, symbol: str, client_order_id: str) -> OrderReport:
    """The answer to a cancel. Raises `UnreadableFault`."""
    if endpoint is endpoints.CANCEL_ALGO_ORDER:
        return algo_replies.algo_cancelled(body, symbol, client_order_id)
    return order_replies.order(body, ReportSource.ACK, symbol, client_order_id)


async def sought(api: VenueApi, order: InFlightOrder) -> tuple[OrderReport, ...]:
    """What the venue has of an order, by both families where it was conditional. Raises `Fault`: where neither has it,
    that of the family in which it was last."""
    name = order.client_order_id
    if order.trigger is None:
        return (await api.order(order.symbol, name),)
    try:
        told = await api.algo.order(order.symbol, name)
    except Fault as fault:
        if fault.rule.fate is not Fate.GONE:
            raise
        return (await api.order(order.symbol, name),)
    if told.conditional is None or told.conditional.trigger is not TriggerState.TRIGGERED:
        return (told,)
    try:
        return told, await api.order(order.symbol, name)
    except Fault as fault:
        if fault.rule.fate is not Fate.GONE or _is_over(told):
            raise
        # Its child is not found yet: one side of the venue lags.
        return (told,)


def _is_over(told: OrderReport) -> bool:
    return told.conditional is not None and told.conditional.is_finished
