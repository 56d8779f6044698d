"""The background market at work: its steps come due with time, and its commands enter by everybody's door."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from connector.simulator.background.background import Background
from connector.simulator.background.symbol_model import STEP_MS, Command, Post, Timed
from connector.simulator.engine import Engine
from connector.simulator.errors import VenueError

#: Steps that are made up for where the market is late; those before them are left out.
MOST_LATE_STEPS = 120
#: Commands that are carried out in one go.
MOST_COMMANDS = 8
#: What the owners of accounts are to hear of them after which no further one is.
MOST_EVENTS = 8


class SeededMarket:
    """Plays `background` on `engine` for the house's accounts, from `start_ms` of the steady clock on.

    With a pace of 2 everything happens twice as often. Steps come in their order however late they are; what is left
    out where the machine can't keep up is the time in which nothing was done, and the background counts it.
    """

    def __init__(
        self, background: Background, engine: Engine, house: Sequence[int], start_ms: int, pace: float = 1.0
    ) -> None:
        self.background = background
        self._engine, self._house = engine, house
        self._pace = pace
        self._step_ms = STEP_MS / pace
        self._next_step_ms = float(start_ms)
        self._waiting: deque[tuple[float, Timed]] = deque()
        self.refused_commands = 0

    @property
    def is_over(self) -> bool:
        """Never: there is always a next step."""
        return False

    def resume(self, later_ms: int) -> None:
        """Goes on after a pause: everything is due so much later."""
        self._next_step_ms += later_ms
        self._waiting = deque((due_ms + later_ms, timed) for due_ms, timed in self._waiting)

    def next_ms(self) -> float:
        """When the steady clock makes something due."""
        return self._waiting[0][0] if self._waiting else self._next_step_ms

    def play(self, steady_ms: int, now_ms: Callable[[], int], publish: Callable[[], None]) -> Iterator[None]:
        """Does what is due, a few commands at a time, and publishes after all that happens at one moment.

        Others may have their turn whenever it yields.
        """
        late = int((steady_ms - self._next_step_ms) // self._step_ms)
        if late > MOST_LATE_STEPS:
            self.background.skip(late - MOST_LATE_STEPS)
            self._next_step_ms += (late - MOST_LATE_STEPS) * self._step_ms
        while (due_ms := self.next_ms()) <= steady_ms:
            if self._waiting:
                self._obey_due(due_ms, now_ms())
                publish()
            else:
                self._go_on(now_ms())
            yield

    def _obey_due(self, due_ms: float, now_ms: int) -> None:
        for _ in range(MOST_COMMANDS):
            if not self._waiting or self._waiting[0][0] != due_ms:
                return
            self._obey(self._waiting.popleft()[1][1], now_ms)
            if len(self._engine.clearing.outbox) > MOST_EVENTS:
                return

    def _go_on(self, now_ms: int) -> None:
        """Makes some more of the next step, and begins it when that was all."""
        step = self.background.go_on()
        if step is None:
            return
        began_ms = self._next_step_ms
        self._waiting.extend((began_ms + timed[0] / self._pace, timed) for timed in step.commands)
        self._next_step_ms += self._step_ms
        self._engine.move_prices(step.index_e8, now_ms)

    def _obey(self, command: Command, now_ms: int) -> None:
        """One command by the same door as everybody's; refusals are only counted."""
        account_id = self._house[command.account]
        try:
            if isinstance(command, Post):
                self._engine.place(account_id, command.request, now_ms)
            else:
                self._engine.cancel(account_id, command.symbol, None, command.client_order_id, now_ms)
        except VenueError:
            self.refused_commands += 1
