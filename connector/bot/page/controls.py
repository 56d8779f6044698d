"""What the page may do where it was asked for: pause what opens, go on, stop the run. Nothing else."""

from connector.bot.control.controlled_run import PAUSE
from connector.bot.watched_run import WatchedRun


class Controls:
    """Of one run. Its pause is the one of `connector pause`: either of them ends it."""

    def __init__(self, watched: WatchedRun) -> None:
        self._watched = watched
        self.is_stopping = False

    @property
    def is_paused(self) -> bool:
        """Whether there is a pause now; between two epochs nobody can tell."""
        epoch = self._watched.epoch
        return epoch is not None and PAUSE in epoch.connector.openings.shut_by

    def pause(self) -> None:
        """No order leaves that opens, and those that rest are cancelled; closing ones go on."""
        self._watched.steering.shut(PAUSE)

    def resume(self) -> None:
        """What opens goes again, unless something else keeps it back."""
        self._watched.steering.release(PAUSE)

    def stop(self) -> None:
        """The run ends in order, as by Ctrl-C; asked for again it is not hurried."""
        if not self.is_stopping:
            self.is_stopping = True
            self._watched.steering.stop()
