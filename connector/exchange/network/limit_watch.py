"""The rate limits of a connector: read with the rules, told when they fill up, and kept silent when the venue asks.

A request that has to wait for a limit for more than a second is told too, with the end of the wait. While the exchange
wants silence the gate is shut, with its end; nothing is sent. When the silence is over one request
is the probe: a question for the time, unless something more urgent waits. Its answer opens the gate.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime

from connector.core.clock import Clock
from connector.core.connection_events import OrdersPausedEvent, RateLimitNearEvent, RateLimitWaitEvent
from connector.core.faults import ConnectorFault
from connector.exchange import gates
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.bus import Bus
from connector.exchange.gates import Gates
from connector.net.gateway import Gateway
from connector.net.limits.throttle import Use
from connector.venue.limits import FUNDING_REQUESTS, ORDERS, REQUEST_WEIGHT
from connector.wire.instruments import Instruments

_LOG = logging.getLogger(__name__)
#: Two waits that end so close to each other wait for one window.
_SAME_WAIT_MS = 1_000
_NAMES = {
    REQUEST_WEIGHT: "request weight of this address",
    ORDERS: "orders of this account",
    FUNDING_REQUESTS: "funding requests of this address",
}


class LimitWatch:
    """Watches one gateway's limits. `run` runs until cancelled."""

    def __init__(self, gateway: Gateway, api: VenueApi, status: Gates, bus: Bus, clock: Clock) -> None:
        self._gateway = gateway
        self._api = api
        self._gates = status
        self._bus = bus
        self._clock = clock
        self._told: set[str] = set()
        #: Until when a wait was told, by kind and by the venue's clock.
        self._waits_ms: dict[str, int] = {}
        self._changed = asyncio.Event()
        gateway.tell_long_waits(self._on_long_wait)
        throttle = gateway.throttle
        throttle.address.pause.on_change = self._on_silence
        throttle.account.pause.on_change = self._on_order_silence
        for pool in (throttle.address, throttle.account):
            pool.on_threshold = self._on_threshold

    async def take(self, instruments: Instruments) -> None:
        """Takes the limits in force: those that are listed, and over them those of this account."""
        limits, unknown = instruments.rate_limits, instruments.unknown_limits
        try:
            orders, more_unknown = await self._api.order_limits()
        except ConnectorFault as fault:
            _LOG.warning("the account's order limits are taken to be the listed ones: %s", fault)
        else:
            unknown = (*unknown, *more_unknown)
            limits = (*(row for row in limits if row.kind != ORDERS or not orders), *orders)
        for line in unknown:
            if line not in self._told:
                self._told.add(line)
                _LOG.warning("%s", line)
        self._gateway.throttle.set_limits(limits)
        if not self._gateway.throttle.address.pause.is_on:
            self._gates.hold(gates.RATE_LIMITS)

    async def run(self) -> None:
        """Asks for the time when a silence is over, until it is answered."""
        pause = self._gateway.throttle.address.pause
        while True:
            await self._changed.wait()
            self._changed.clear()
            while pause.is_on:
                with contextlib.suppress(ConnectorFault):
                    await self._gateway.measure_clock(samples=1)

    def _on_silence(self) -> None:
        pause = self._gateway.throttle.address.pause
        if not pause.is_on:
            self._gates.hold(gates.RATE_LIMITS)
            return
        text = f"the exchange wants silence until {clock_text(self._venue_ms(pause.until_ms))} ({pause.reason})"
        _LOG.warning("%s; nothing is sent", text)
        self._gates.fall(gates.RATE_LIMITS, text)
        self._changed.set()

    def _on_order_silence(self) -> None:
        pause = self._gateway.throttle.account.pause
        if pause.is_on:
            until_ms = self._venue_ms(pause.until_ms)
            _LOG.warning("the exchange wants no new orders until %s (%s)", clock_text(until_ms), pause.reason)
            self._bus.publish((OrdersPausedEvent(self._clock.now_ms() / 1000, until_ms / 1000, pause.reason),))

    def _on_threshold(self, use: Use) -> None:
        name = _NAMES.get(use.kind, use.kind)
        _LOG.warning("%s: %d of %d in %d s used", name, use.used, use.limit, use.window_ms // 1000)
        event = RateLimitNearEvent(self._clock.now_ms() / 1000, name, use.window_ms / 1000, use.used, use.limit)
        self._bus.publish((event,))

    def _on_long_wait(self, kind: str, wait_ms: int) -> None:
        """Once a window, however many wait for it."""
        until_ms = self._gateway.venue_ms() + wait_ms
        if until_ms - self._waits_ms.get(kind, 0) < _SAME_WAIT_MS:
            return
        self._waits_ms[kind] = until_ms
        name = _NAMES.get(kind, kind)
        text = f"the limit of {name} is used up: on at {clock_text(until_ms)}"
        _LOG.warning("%s", text)
        self._gates.note(gates.RATE_LIMITS, text)
        self._bus.publish((RateLimitWaitEvent(self._clock.now_ms() / 1000, name, until_ms / 1000),))

    def _venue_ms(self, steady_ms: int) -> int:
        """A time of the steady clock by the venue's."""
        return self._gateway.venue_ms() + steady_ms - self._clock.monotonic_ms()


def clock_text(venue_ms: int) -> str:
    """A time of the venue's clock in words."""
    return f"{datetime.fromtimestamp(venue_ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
