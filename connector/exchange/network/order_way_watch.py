"""By which way orders go, told when that changes: by REST while the WS-API is wanted and not up, and back again.

Told when the first request took the other way, or when it has been down for a while; one that falls and comes back in
turns is told once.
"""

import asyncio
import logging
from collections.abc import Callable

from connector.core.clock import Clock
from connector.core.connection_events import OrderWayChangedEvent
from connector.core.enums import OrderWay
from connector.core.faults import Fault
from connector.exchange.beat import beat
from connector.exchange.bus import Bus
from connector.net.order_sockets import OrderSockets

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
#: Down for so long it is told, though nobody has sent anything.
_DOWN_MS = 5_000
#: Up for so long it is trusted again.
_UP_MS = 10_000


class OrderWayWatch:
    """Watches the connections of the WS-API and keeps them open. `run` runs until cancelled."""

    def __init__(
        self, sockets: OrderSockets | None, bus: Bus, clock: Clock, hear_logon: Callable[[Fault | None], None]
    ) -> None:
        """`hear_logon` is called with each refusal of the key at a logon, and with None when one is taken."""
        if sockets is not None:
            sockets.on_logon(hear_logon)
        self._sockets = sockets
        self._bus = bus
        self._clock = clock
        #: What was told last.
        self._told = OrderWay.REST if sockets is None else OrderWay.WS_API

    def way(self) -> tuple[OrderWay, str]:
        """By which way an order would go now, and why it is not the one that is wanted; empty where it is."""
        trouble = self._sockets.trouble if self._sockets else ""
        return (OrderWay.REST if trouble or self._sockets is None else OrderWay.WS_API), trouble

    async def run(self) -> None:
        if self._sockets is None:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sockets.run())
            group.create_task(self._watch(self._sockets))

    async def _watch(self, sockets: OrderSockets) -> None:
        since_ms, was_up, fallbacks = self._clock.monotonic_ms(), True, sockets.fallbacks
        while True:
            await beat(_STEP_S)
            trouble, now_ms = sockets.trouble, self._clock.monotonic_ms()
            took_rest, fallbacks = sockets.fallbacks > fallbacks, sockets.fallbacks
            if was_up is bool(trouble) or took_rest:
                was_up, since_ms = not trouble, now_ms
            lasted_ms = now_ms - since_ms
            if self._told is OrderWay.WS_API and (took_rest or (trouble and lasted_ms > _DOWN_MS)):
                self._tell(OrderWay.REST, trouble or "a connection of the WS-API had ended")
            elif self._told is OrderWay.REST and not trouble and lasted_ms > _UP_MS:
                self._tell(OrderWay.WS_API, "")

    def _tell(self, way: OrderWay, reason: str) -> None:
        self._told = way
        if way is OrderWay.REST:
            _LOG.warning("orders go by REST until the WS-API is up: %s", reason)
        else:
            _LOG.info("orders go over the WS-API again")
        self._bus.publish((OrderWayChangedEvent(self._clock.now_ms() / 1000, way, reason),))
