"""Two warm connections of the WS-API: what ends risk never queues behind what opens it, nor behind look-ups."""

import asyncio
from collections.abc import Callable

from connector.core.clock import Clock
from connector.core.faults import Fault
from connector.net.reach import Reach
from connector.net.ws_api import Door, WsApi
from connector.venue.domains import Domain
from connector.venue.endpoints import Endpoint, Priority


class OrderSockets:
    """Opened by `run`, and kept until it is cancelled."""

    def __init__(self, domain: Domain, clock: Clock, door: Door, reach: Reach) -> None:
        #: For cancels and closing orders.
        self.risk = WsApi("WS-API for cancels", domain.ws_api, clock, door, reach, domain.streams)
        #: For all else.
        self.orders = WsApi("WS-API for orders", domain.ws_api, clock, door, reach, domain.streams)
        #: How many requests went by REST because their connection was not up.
        self.fallbacks = 0

    def of(self, endpoint: Endpoint) -> WsApi:
        return self.risk if endpoint.priority is Priority.RISK else self.orders

    @property
    def trouble(self) -> str:
        """Why requests go by REST; empty while both connections are up."""
        for socket in (self.orders, self.risk):
            if socket.trouble:
                return f"{socket.name}: {socket.trouble}"
        return ""

    def on_logon(self, hear: Callable[[Fault | None], None]) -> None:
        """Calls `hear` when either was logged on, and when its key was refused, with the refusal."""
        self.orders.on_logon = self.risk.on_logon = hear

    def on_left(self, tell: Callable[[], None]) -> None:
        """Calls `tell` when a request's last byte was handed to the system, over connections opened from now on."""
        self.orders.on_left = self.risk.on_left = tell

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.orders.run())
            group.create_task(self.risk.run())
