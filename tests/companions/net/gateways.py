"""A gateway to a local exchange whose connections of the WS-API are up, where they are wanted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from connector.core.enums import OrderWay
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL, Domain
from connector.venue.limits import StreamTerms
from tests.companions.local_trading import until
from tests.companions.virtual_time import loop_clock


def domain_of(venue: LocalExchange) -> Domain:
    return LOCAL.at(venue.rest, venue.stream, venue.ws_api)


@asynccontextmanager
async def running_gateway(
    where: LocalExchange | Domain,
    signer: Signer,
    way: OrderWay = OrderWay.WS_API,
    terms: StreamTerms | None = None,
) -> AsyncIterator[Gateway]:
    """A gateway that signs, whose clock is measured; it ends with its connections."""
    domain = where if isinstance(where, Domain) else domain_of(where)
    http = Http(through_proxy=False)
    gateway = Gateway(replace(domain, streams=terms or domain.streams), http, Throttle(), loop_clock(), order_way=way)
    gateway.sign_with(signer)
    keeping = asyncio.create_task(gateway.order_sockets.run()) if gateway.order_sockets else None
    try:
        if gateway.order_sockets is not None:
            sockets = gateway.order_sockets
            await until(lambda: not sockets.trouble, "the WS-API is up")
        yield gateway
    finally:
        if keeping is not None:
            keeping.cancel()
            await asyncio.wait([keeping])
        await http.close()
