"""What a ready connector sends first for what it is asked; nothing leaves the machine."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest

from connector.core.enums import OrderWay
from connector.core.faults import ConnectorFault
from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import HttpAnswer
from connector.net.order_sockets import OrderSockets
from connector.net.ws_api import WsApi
from connector.venue.domains import LOCAL
from tests.companions.local_trading import until
from tests.companions.orders.quiet_connector import trading

Act = Callable[[PerpetualDerivative], Awaitable[object] | None]


class FirstRequest(NamedTuple):
    """A signed request."""

    method: str
    path: str
    params: dict[str, str]
    #: As it stands in the address, signature included.
    query: str
    headers: Mapping[str, str]


async def first_request(act: Act) -> FirstRequest:
    """The one request that leaves for `act`, which is told a refusal."""
    sent: list[tuple[str, str, Mapping[str, str]]] = []

    async def capturing(method: str, address: str, headers: Mapping[str, str], *, urgent: bool = False) -> HttpAnswer:
        sent.append((method, address, headers))
        return HttpAnswer(400, {}, b'{"code": -1102, "msg": "no venue"}')

    async with trading(LOCAL) as connector:
        connector.components.http.send = capturing  # type: ignore[method-assign]
        waiting = act(connector)
        if waiting is not None:
            with pytest.raises(ConnectorFault, match="-1102"):
                await waiting
        await until(lambda: bool(sent), "a request")
    ((method, address, headers),) = sent
    parts = urlsplit(address)
    return FirstRequest(method, parts.path, dict(parse_qsl(parts.query)), parts.query, headers)


async def first_ws_request(act: Act, patch: pytest.MonkeyPatch) -> tuple[str, dict[str, str]]:
    """Method and parameters of the one request of the WS-API that leaves for `act`, which is told a refusal."""
    sent: list[tuple[str, dict[str, str]]] = []

    async def capturing(socket: WsApi, method: str, params: bytes, left: Callable[[], None]) -> HttpAnswer:
        sent.append((method, json.loads(params)))
        left()
        return HttpAnswer(400, {}, b'{"code": -1102, "msg": "no venue"}')

    async def stays(sockets: OrderSockets) -> None:
        await asyncio.get_running_loop().create_future()

    patch.setattr(WsApi, "send", capturing)
    patch.setattr(WsApi, "is_up", True)
    patch.setattr(OrderSockets, "run", stays)
    async with trading(LOCAL, way=OrderWay.WS_API) as connector:
        act(connector)
        await until(lambda: bool(sent), "a request")
    (request,) = sent
    return request
