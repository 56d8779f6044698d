"""All that one session tells: lines for the screen, each order's life and each decision for the log."""

import asyncio
import logging
import re
from collections.abc import Callable

from connector.bot.report.event_lines import EventLines
from connector.bot.report.order_lines import OrderLines
from connector.bot.report.order_log import Decision, OrderLog
from connector.bot.report.status_source import StatusSource
from connector.core.clock import Clock

_LOG = logging.getLogger("connector.run")
#: Between two turns of the loop that write lines of the log.
_PAUSE_S = 0.002
_FIGURES = re.compile(r"[0-9][0-9.,:]*")


class RunLines:
    """`say` tells a line at once; `write` is called now and then, `close` at the end."""

    def __init__(self, status: StatusSource, show: Callable[[str], None], clock: Clock) -> None:
        self._status = status
        self._events = EventLines(show, clock)
        self._orders = OrderLines(status.connector, self._events)
        self._order_log = OrderLog(status.connector)
        self._state_told = ""
        self._more: asyncio.TimerHandle | None = None

    def listen(self) -> None:
        """Tells own trades and refusals from now on."""
        self._orders.listen()
        self._order_log.listen()

    def say(self, text: str) -> None:
        """One line, on the screen and in the log; one that is told again within a few seconds is counted."""
        self._events.say(text)

    def decided(self, decision: Decision) -> None:
        """What was decided is written when there is time."""
        self._order_log.decided(decision)

    def write(self) -> None:
        """What was counted and summed for the screen, and what was heard for the log: a little a turn."""
        self._orders.tell()
        self._events.settle()
        state = str(self._status.state())
        # A time or an amount that runs down is no other state.
        if (shape := _FIGURES.sub("", state)) != self._state_told:
            self._state_told = shape
            _LOG.info("state: %s", state)
        if self._more is None:
            self._write_some()

    def close(self) -> None:
        """Writes all that is left."""
        if self._more is not None:
            self._more.cancel()
        self._order_log.close()
        self._orders.tell()
        self._events.close()

    def _write_some(self) -> None:
        has_more = self._order_log.write()
        self._more = asyncio.get_running_loop().call_later(_PAUSE_S, self._write_some) if has_more else None
