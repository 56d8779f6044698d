"""Several orders in one request: a fate for each."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from connector.core.faults import ConnectorFault
from connector.core.reports import OrderReport
from connector.net.gateway import Gateway
from connector.venue.endpoints import Endpoint
from connector.wire import order_replies
from connector.wire.requests import RequestParams

Row = TypeVar("Row")
#: What the venue answered of one order, or why it is not known: a refusal, a silence, an answer that says nothing.
Outcome = OrderReport | ConnectorFault


def in_groups(rows: Sequence[Row], most: int) -> Iterator[tuple[Row, ...]]:
    """The rows in their order, so many to a group at most."""
    for start in range(0, len(rows), most):
        yield tuple(rows[start : start + most])


async def asked_together(
    gateway: Gateway,
    endpoint: Endpoint,
    params: RequestParams,
    asked: Sequence[tuple[str, str]],
    still_wanted: Callable[[], bool] = lambda: True,
) -> Sequence[Outcome]:
    """Sends one request for all, which are `asked` for by symbol and client id; what befalls the request as a whole
    befalls each."""
    try:
        body = await gateway.call(endpoint, params, still_wanted)
        return order_replies.several(body, asked, f"{endpoint.method} {endpoint.path}")
    except ConnectorFault as fault:
        return (fault,) * len(asked)
