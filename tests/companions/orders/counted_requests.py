"""What leaves a connector, counted by method and path, whichever way it goes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import Http, HttpAnswer
from connector.net.ws_api import WsApi
from connector.simulator.ws_api.methods import METHODS


@contextmanager
def counted_requests(connector: PerpetualDerivative) -> Iterator[Counter[str]]:
    """Counts each request as its first byte is about to leave; all go on to the exchange. What goes over the WS-API is
    counted under REST's name for it."""
    http: Http = connector.components.http
    sent: Counter[str] = Counter()
    send: Callable[..., object] = http.send
    sockets = connector.components.gateway.order_sockets
    apis = (sockets.orders, sockets.risk) if sockets else ()

    async def counting(method: str, address: str, headers: Mapping[str, str], **terms: object) -> HttpAnswer:
        sent[f"{method} {urlsplit(address).path}"] += 1
        return await send(method, address, headers, **terms)  # type: ignore[misc,no-any-return]

    def asking(api: WsApi) -> Callable[..., object]:
        ask: Callable[..., object] = api.send

        def noted(method: str, *terms: object) -> object:
            row = METHODS.get(method)
            sent[f"{row.verb} {row.path}" if row else method] += 1
            return ask(method, *terms)

        return noted

    http.send = counting  # type: ignore[method-assign]
    for api in apis:
        api.send = asking(api)  # type: ignore[method-assign,assignment]
    try:
        yield sent
    finally:
        del http.send  # type: ignore[method-assign]
        for api in apis:
            del api.send  # type: ignore[method-assign]
