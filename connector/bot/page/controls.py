"""What the page may do where it was asked for: pause what opens, go on, stop the run. Nothing else."""

from collections.abc import Callable
from functools import partial

from connector.bot.control.controlled_run import PAUSE
from connector.bot.watched_run import WatchedRun


class Controls:
    """Of one run. Its pauses are those of `connector pause`, of the whole run or of a strategy: either ends them."""

    def __init__(self, watched: WatchedRun) -> None:
        self._watched = watched
        self.is_stopping = False

    @property
    def is_paused(self) -> bool:
        """Whether there is a pause now; between two epochs nobody can tell."""
        epoch = self._watched.epoch
        return epoch is not None and PAUSE in epoch.connector.openings.shut_by

    def acts(self, strategy: str = "") -> dict[str, Callable[[], None]]:
        """What may be done, by its path; where one of several strategies is named, to that one."""
        epoch = self._watched.epoch
        if strategy and (epoch is None or all(one.name != strategy for one in epoch.strategies())):
            return {}
        of_all = {} if strategy else {"/stop": self.stop}
        return {"/pause": partial(self.pause, strategy), "/resume": partial(self.resume, strategy), **of_all}

    def pause(self, strategy: str = "") -> None:
        """No order leaves that opens, and those that rest are cancelled, of all or of one strategy; closing ones go
        on."""
        steering = self._watched.steering
        if strategy:
            steering.pause(strategy)
        else:
            steering.shut(PAUSE)

    def resume(self, strategy: str = "") -> None:
        """What opens goes again, unless something else keeps it back."""
        steering = self._watched.steering
        if strategy:
            steering.resume(strategy)
        else:
            steering.release(PAUSE)

    def stop(self) -> None:
        """The run ends in order, as by Ctrl-C; asked for again it is not hurried."""
        if not self.is_stopping:
            self.is_stopping = True
            self._watched.steering.stop()
