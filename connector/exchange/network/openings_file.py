"""The file that shuts the gate `openings` while it is there: anybody can make one, with any tool."""

from pathlib import Path

from connector.exchange.beat import beat
from connector.exchange.orders.openings import Openings

_LOOK_EVERY_S = 0.25


class OpeningsFile:
    """Looks for one file. `run` runs until cancelled; without a name nothing is looked for."""

    def __init__(self, name: str, openings: Openings) -> None:
        self._path = Path(name) if name else None
        self._openings = openings

    async def run(self) -> None:
        while self._path is not None:
            self._look(self._path)
            await beat(_LOOK_EVERY_S)

    def _look(self, path: Path) -> None:
        """A place that can't be looked at is taken to hold the file: to wait costs less than to open by mistake."""
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._openings.release(f"the file {path}")
        except OSError:
            self._openings.shut(f"the file {path}")
        else:
            self._openings.shut(f"the file {path}")
