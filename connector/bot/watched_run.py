"""What runs now, for whoever looks at a run from beside it, such as metrics: they read, and may say stop."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.bot.report.status_source import StatusSource


def _nobody(by: str = "") -> None:
    """Nothing runs yet."""


@dataclass(frozen=True, slots=True)
class Steering:
    """What may be said to a run: stop as by a signal; in this epoch and those that come, keep back what opens, and no
    more, by a name; the same of one of several strategies, by its own."""

    stop: Callable[[], None] = _nobody
    shut: Callable[[str], None] = _nobody
    release: Callable[[str], None] = _nobody
    pause: Callable[[str], None] = _nobody
    resume: Callable[[str], None] = _nobody


class WatchedRun:
    """Holds what tells how the bot stands on the exchange epoch that runs; `watch` calls with each that begins."""

    def __init__(self) -> None:
        #: None before the first epoch, and between two.
        self.epoch: StatusSource | None = None
        #: How many have begun.
        self.epochs = 0
        #: Whoever runs it says how.
        self.steering = Steering()
        self._watchers: list[Callable[[StatusSource], None]] = []
        self._last_looks: list[Callable[[StatusSource], None]] = []

    def watch(
        self, begins: Callable[[StatusSource], None], last_look: Callable[[StatusSource], None] | None = None
    ) -> None:
        """Calls it with each epoch that begins from now on, before anything is sent; `last_look` with each that is
        over, while it still tells how the bot stood."""
        self._watchers.append(begins)
        if last_look is not None:
            self._last_looks.append(last_look)

    def begin(self, epoch: StatusSource) -> None:
        """An epoch begins."""
        self.epoch = epoch
        self.epochs += 1
        for begins in self._watchers:
            begins(epoch)

    def end(self) -> None:
        """It is over."""
        if self.epoch is not None:
            for look in self._last_looks:
                look(self.epoch)
        self.epoch = None
