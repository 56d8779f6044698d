"""What runs now, for whoever looks at a run from beside it, such as metrics: they read, and decide nothing."""

from collections.abc import Callable
from dataclasses import dataclass

from connector.bot.report.accounting import Accounting
from connector.exchange.derivative import PerpetualDerivative


@dataclass(frozen=True, slots=True)
class WatchedEpoch:
    """One epoch of an exchange, as long as the bot trades there."""

    connector: PerpetualDerivative
    accounting: Accounting
    trading_pair: str


class WatchedRun:
    """Holds the epoch that runs; `watch` calls with each that begins."""

    def __init__(self) -> None:
        #: None before the first, and between two.
        self.epoch: WatchedEpoch | None = None
        #: How many have begun.
        self.epochs = 0
        self._watchers: list[Callable[[WatchedEpoch], None]] = []

    def watch(self, begins: Callable[[WatchedEpoch], None]) -> None:
        """Calls it with each epoch that begins from now on, before anything is sent."""
        self._watchers.append(begins)

    def begin(self, epoch: WatchedEpoch) -> None:
        """An epoch begins."""
        self.epoch = epoch
        self.epochs += 1
        for begins in self._watchers:
            begins(epoch)

    def end(self) -> None:
        """It is over."""
        self.epoch = None
