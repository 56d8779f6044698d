"""What leaves a connector: method, path and parameters of each request, as its first byte is about to leave."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import Http, HttpAnswer


class Sent(NamedTuple):
    """One request."""

    what: str
    params: dict[str, str]


@contextmanager
def sent_requests(connector: PerpetualDerivative) -> Iterator[list[Sent]]:
    """All that is sent meanwhile, oldest first; everything goes on to the exchange."""
    http: Http = connector.components.http
    sent: list[Sent] = []
    send: Callable[..., object] = http.send

    async def noting(method: str, address: str, headers: Mapping[str, str], **terms: object) -> HttpAnswer:
        parts = urlsplit(address)
        sent.append(Sent(f"{method} {parts.path}", dict(parse_qsl(parts.query))))
        return await send(method, address, headers, **terms)  # type: ignore[misc,no-any-return]

    http.send = noting  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        del http.send  # type: ignore[method-assign]


def of(sent: list[Sent], what: str) -> list[dict[str, str]]:
    """The parameters of the requests of one kind."""
    return [params for name, params in sent if name == what]
