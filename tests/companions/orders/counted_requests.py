"""What leaves a connector, counted by method and path."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import Http, HttpAnswer


@contextmanager
def counted_requests(connector: PerpetualDerivative) -> Iterator[Counter[str]]:
    """Counts each request as its first byte is about to leave; all go on to the exchange."""
    http: Http = connector.components.http
    sent: Counter[str] = Counter()
    send: Callable[..., object] = http.send

    async def counting(method: str, address: str, headers: Mapping[str, str], **terms: object) -> HttpAnswer:
        sent[f"{method} {urlsplit(address).path}"] += 1
        return await send(method, address, headers, **terms)  # type: ignore[misc,no-any-return]

    http.send = counting  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        del http.send  # type: ignore[method-assign]
