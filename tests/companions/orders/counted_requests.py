"""What leaves a connector, counted by method and path, whichever way it goes."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import Http, HttpAnswer
from connector.net.ws_connection import WsConnection
from connector.simulator.ws_api.methods import METHODS


@contextmanager
def counted_requests(connector: PerpetualDerivative) -> Iterator[Counter[str]]:
    """Counts each request that leaves; all go on to the exchange. What goes over the WS-API is counted under REST's
    name for it."""
    http: Http = connector.components.http
    sent: Counter[str] = Counter()
    send: Callable[..., object] = http.send
    sockets = connector.components.gateway.order_sockets
    has_left = WsConnection.has_left

    async def counting(method: str, address: str, headers: Mapping[str, str], **terms: object) -> HttpAnswer:
        sent[f"{method} {urlsplit(address).path}"] += 1
        return await send(method, address, headers, **terms)  # type: ignore[misc,no-any-return]

    def noting(connection: WsConnection, message: bytes, *terms: Any) -> Any:
        if sockets is not None and connection in (sockets.orders._connection, sockets.risk._connection):
            method = json.loads(message)["method"]
            row = METHODS.get(method)
            sent[f"{row.verb} {row.path}" if row else method] += 1
        return has_left(connection, message, *terms)

    http.send = counting  # type: ignore[method-assign]
    WsConnection.has_left = noting  # type: ignore[method-assign,assignment]
    try:
        yield sent
    finally:
        del http.send  # type: ignore[method-assign]
        WsConnection.has_left = has_left  # type: ignore[method-assign]
