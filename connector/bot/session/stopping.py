"""The end of the quoting: every own order cancelled, whatever the exchange does, within a time that has an end.

First what is tracked, each order again and again until its end is known; then, by the exchange's own list, whatever is
ours. One that can't be cancelled ends nothing: it is tried until the time is up, and then it is named. Who wants
silence for longer than a stop may take gets it: nothing is sent, and what may be open is named at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.limit_watch import clock_text

_LOG = logging.getLogger(__name__)
#: Of the 25 s that a stop may take: what is left is for ending what runs here.
STOP_WITHIN_S = 17.0
#: So much of it is kept to set the books beside the exchange's.
KEPT_TO_READ_S = 4.0
_TRACKED_WITHIN_S = 7.0
#: Of the time for cancelling, to pass over the exchange's list.
_KEPT_TO_SWEEP_S = 3.0
#: Where nothing is known to be open, a list that can't be had is not waited for any longer.
_NOTHING_OPEN_WITHIN_S = 3.0
_PASS_EVERY_S = 1.0
_STEP_S = 0.1
_MOST_NAMES = 20

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """What a stop left behind."""

    #: Client ids of own orders that may be open.
    left: tuple[str, ...]
    #: Until when the exchange wants silence, in words; empty where it does not.
    silence: str

    def text(self, refusal: str = "") -> str:
        """What may be open, and why nobody knows better; `refusal`: the exchange answers, and does not take the key."""
        why = f"the exchange wants silence until {self.silence}" if self.silence else "the exchange does not answer"
        why = refusal or why
        if not self.left:
            return f"{why}: what is open there is not known"
        return f"{why}: {counted(self.left)} may still be open there: {named(self.left)}"


class Stopping:
    """Ends the orders of one connector. `hurry` is set by whoever can't wait any longer."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        is_ours: Callable[[str], bool],
        clock: Clock,
        report: Callable[[str], None],
        hurry: asyncio.Event,
    ) -> None:
        self._connector = connector
        self._is_ours = is_ours
        self._clock = clock
        self._report = report
        self._hurry = hurry
        self._deadline_ms = clock.monotonic_ms() + round(STOP_WITHIN_S * 1000)
        #: By the last pass over the exchange's list.
        self._left: tuple[str, ...] = ()

    @property
    def left_s(self) -> float:
        """The time that is left."""
        return max(0.0, (self._deadline_ms - self._clock.monotonic_ms()) / 1000)

    async def cancel_everything(self, kept_s: float = KEPT_TO_READ_S) -> None:
        """Until nothing of ours is open by the exchange's own list, or no more time is left than what is kept."""
        self._tell_silence()
        await self.unless_hopeless(
            self._cancel_tracked(), min(_TRACKED_WITHIN_S, self.left_s - kept_s - _KEPT_TO_SWEEP_S)
        )
        await self.unless_hopeless(self._sweep(), self.left_s - kept_s)

    def open_orders(self) -> OpenOrders:
        """What may be open now, as far as is known here."""
        tracked = tuple(name for name, order in self._connector.in_flight_orders.items() if order.is_open)
        until_ms = self._connector.silent_until_ms()
        silence = "" if until_ms is None else clock_text(until_ms)
        return OpenOrders(tuple(dict.fromkeys((*tracked, *self._left))), silence)

    async def unless_hopeless(self, work: Coroutine[Any, Any, Result], within_s: float) -> Result | None:
        """The work's result; None when it is not done in time, nobody can wait, or the exchange wants to hear nothing
        for longer than the stop may take."""
        task = asyncio.create_task(work)
        others = (asyncio.create_task(self._hurry.wait()), asyncio.create_task(self._until_hopeless()))
        try:
            await asyncio.wait((task, *others), timeout=max(0.0, within_s), return_when=asyncio.FIRST_COMPLETED)
        finally:
            is_done = task.done()
            for ended in (task, *others):
                ended.cancel()
            await asyncio.gather(task, *others, return_exceptions=True)
        return task.result() if is_done else None

    async def _until_hopeless(self) -> None:
        while not self._is_hopeless():
            await asyncio.sleep(_STEP_S)

    def _is_hopeless(self) -> bool:
        until_ms = self._connector.silent_until_ms()
        return until_ms is not None and until_ms - self._connector.venue_time_ms() >= self.left_s * 1000

    def _tell_silence(self) -> None:
        until_ms = self._connector.silent_until_ms()
        if until_ms is not None:
            what = "nothing can be cancelled in time" if self._is_hopeless() else "the stop waits for its end"
            self._report(f"the exchange wants silence until {clock_text(until_ms)}: {what}")

    async def _cancel_tracked(self) -> None:
        with contextlib.suppress(ConnectorFault):
            await self._connector.cancel_all(_TRACKED_WITHIN_S)

    async def _sweep(self) -> None:
        """Passes over the exchange's own list until one leaves nothing of ours."""
        patience_ms = self._clock.monotonic_ms() + round(_NOTHING_OPEN_WITHIN_S * 1000)
        while True:
            try:
                self._left = await self._connector.sweep(self._is_ours)
                if not self._left:
                    return
                _LOG.warning("cancelling what the exchange lists: left are %s", named(self._left))
            except ConnectorFault as fault:
                _LOG.warning("cancelling what the exchange lists: %s", fault)
                if not self._connector.in_flight_orders and self._clock.monotonic_ms() > patience_ms:
                    return
            await asyncio.sleep(_PASS_EVERY_S)


def counted(names: tuple[str, ...]) -> str:
    """How many orders."""
    return "1 order" if len(names) == 1 else f"{len(names)} orders"


def named(names: tuple[str, ...]) -> str:
    """Which orders: the first of them, and how many more."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"
