"""Messages about a run: chosen events, gathered, folded, and sent by a process of their own.

    event ──▶ a line of a chosen kind, masked ──▶ waits, bounded, folded ──▶ the sender's process ──▶ the services
                                                                    └─ failed, or too long: told once, tried again later

Nothing of the trading ever waits for it: an event costs a few comparisons and a text.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from connector.bot.notify.digest import GATHERED_MS, Allowance, Unsent, Waiting
from connector.bot.notify.event_lines import KINDS_OF, event_line, kind_of
from connector.bot.notify.kinds import Kind
from connector.bot.notify.sender_process import SenderProcess
from connector.bot.report.status_source import StatusSource
from connector.core.clock import Clock
from connector.core.events import Event
from connector.core.secrets import redact

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 30_000, 600_000
#: A run that ends waits no longer than this for its last message.
_ENDS_WITHIN_S = 6.0


class Notifier:
    """Hears of a run, and has a person told. `say` shows what is wrong with the sending, once."""

    def __init__(self, sender: SenderProcess, kinds: frozenset[Kind], clock: Clock, say: Callable[[str], None]) -> None:
        self._sender, self._kinds, self._clock, self._say = sender, kinds, clock, say
        self._waiting, self._allowance = Waiting(), Allowance(clock.monotonic_ms())
        self._title = "connector"
        self._unsent = Unsent()
        #: Lines of the addresses whose service refuses while others take.
        self._refusing: frozenset[int] = frozenset()
        self._pause_ms, self._not_before_ms = 0, 0
        self._came_ms: int | None = None

    def watch(self, epoch: StatusSource) -> None:
        """Hears of this epoch from now on, after all others have heard."""
        self._title = f"connector: {', '.join(epoch.books)} on {epoch.connector.domain}"
        for tag in (tag for tag, kinds in KINDS_OF.items() if not self._kinds.isdisjoint(kinds)):
            epoch.connector.components.bus.add_watcher(tag, self._hear)
        self.tell(Kind.RUN, f"trading {', '.join(epoch.books)} on {epoch.connector.domain} begins")

    def tell(self, kind: Kind, text: str) -> None:
        """One line of that kind; nothing where it is not wanted."""
        if kind in self._kinds and text:
            self._waiting.add(redact(text), self._clock.now_ms())
            self._came_ms = self._came_ms or self._clock.monotonic_ms()

    @contextlib.asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Sends for as long as the block lasts, and at its end what is left, for a moment."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_ENDS_WITHIN_S):
                    await self._send()
            await self._sender.end()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_STEP_S)
            now_ms = self._clock.monotonic_ms()
            if self._is_due(now_ms):
                self._allowance.spend(now_ms)
                await self._send()

    def _is_due(self, now_ms: int) -> bool:
        if not (self._waiting or self._unsent) or now_ms < self._not_before_ms or self._allowance.wait_ms(now_ms):
            return False
        return self._came_ms is None or now_ms - self._came_ms >= GATHERED_MS

    async def _send(self) -> None:
        self._came_ms = None
        self._unsent.add(self._waiting.take())
        if not self._unsent:
            return
        outcome = await self._sender.send(self._title, self._unsent.body())
        if outcome.trouble:
            self._note_failure(outcome.trouble)
            return
        # What anyone took is never sent again: the others would have it twice.
        self._unsent.clear()
        self._note_refusals(frozenset(outcome.refused))
        if self._pause_ms:
            self._say("messages go again")
        self._pause_ms = 0

    def _note_refusals(self, refused: frozenset[int]) -> None:
        for line in sorted(refused ^ self._refusing):
            how = "refuses messages, or is not reached" if line in refused else "takes messages again"
            self._say(f"line {line} of {self._sender.file_name} {how}")
        self._refusing = refused

    def _note_failure(self, trouble: str) -> None:
        if not self._pause_ms:
            self._say(f"messages can't be sent: {trouble}; tried again beside the trading")
        _LOG.info("a message was not sent: %s", trouble)
        self._pause_ms = min(max(self._pause_ms * 2, _FIRST_PAUSE_MS), _LONGEST_PAUSE_MS)
        self._not_before_ms = self._clock.monotonic_ms() + self._pause_ms

    def _hear(self, event: Event) -> None:
        kind = kind_of(event)
        if kind in self._kinds:
            self.tell(kind, event_line(event))
