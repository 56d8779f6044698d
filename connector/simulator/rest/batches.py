"""REST: several orders in one request; each element has its own answer ("Multiple orders").

The venue works on the elements at the same time and answers in the order asked; here they come one after another,
which is one of the ways that may go.
"""

from collections.abc import Callable

import ujson

from connector.simulator.access.parameters import Parameters
from connector.simulator.errors import VenueError
from connector.simulator.rest.order_routes import ANY_PREVENTION, amend_once, cancel_once, place_once
from connector.simulator.rest.request import Request

MOST_ORDERS, MOST_CANCELS = 5, 10
#: What a batch costs of the order counts, whatever its size: so many of the 10 s, so many of the minute.
BATCH_TENS, BATCH_MINUTE = 5, 1

#: What names the orders of a batch of cancels, and each of them; the venue takes the lists in small letters too.
ID_LISTS = {
    "orderIdList": "orderId",
    "orderidlist": "orderId",
    "origClientOrderIdList": "origClientOrderId",
    "origclientorderidlist": "origClientOrderId",
}

Deed = Callable[[Request, Parameters], object]


def place_batch(request: Request) -> object:
    """Up to five new orders."""
    return _orders(request, lambda request, params: place_once(request, params, ANY_PREVENTION))


def amend_batch(request: Request) -> object:
    """Up to five changes."""
    return _orders(request, amend_once)


def cancel_batch(request: Request) -> object:
    """Up to ten orders of a symbol, by one kind of id."""
    symbol = request.listing().symbol
    sent = [name for name in ID_LISTS if request.params.has(name)]
    if len(sent) != 1:
        raise VenueError(-1128) if sent else VenueError(-1102, "orderIdList")
    ids = _list(request.params, sent[0])
    if not 0 < len(ids) <= MOST_CANCELS:
        raise VenueError(-4032)
    asks = [Parameters({"symbol": symbol, ID_LISTS[sent[0]]: _text(one)}) for one in ids]
    return [_answered(request, params, cancel_once) for params in asks]


def _orders(request: Request, deed: Deed) -> list[object]:
    rows = _list(request.params, "batchOrders")
    if not 0 < len(rows) <= MOST_ORDERS:
        raise VenueError(-4082, len(rows))
    request.runtime.rate_limits.spend_orders(request.account.account_id, request.now_ms, BATCH_TENS, BATCH_MINUTE)
    return [_answered(request, _parameters(row), deed) for row in rows]


def _answered(request: Request, params: Parameters | None, deed: Deed) -> object:
    """The element's answer, or its refusal in the venue's shape."""
    try:
        if params is None:
            raise VenueError(-1130, "batchOrders")
        return deed(request, params)
    except VenueError as refusal:
        return {"code": refusal.code, "msg": refusal.text}


def _list(params: Parameters, name: str) -> list[object]:
    try:
        found = ujson.loads(params.text(name))
    except ValueError:
        raise VenueError(-1130, name) from None
    if not isinstance(found, list):
        raise VenueError(-1130, name)
    return found


def _parameters(row: object) -> Parameters | None:
    if not isinstance(row, dict):
        return None
    return Parameters({str(name): _text(value) for name, value in row.items() if value is not None})


def _text(value: object) -> str:
    """A JSON value as a query would have sent it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
