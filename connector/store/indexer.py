"""Carries the log into the history beside the trading: no database, however slow or absent, holds up the loop.

What can't be carried stays in the log, and is carried when the database answers again: told once, and once more when
it is over.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from connector.store.history import History
from connector.store.write_ahead_log import WriteAheadLog

_LOG: Final = logging.getLogger(__name__)
_EVERY_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0
_END_WITHIN_S: Final = 5.0


class Indexer:
    """Carries one log for as long as it runs."""

    def __init__(self, history: History, log: WriteAheadLog) -> None:
        self._history = history
        self._log = log
        self._failed = ""
        log.keep_from(history.segment)

    @property
    def trouble(self) -> str:
        """Why the history lags; empty while it does not."""
        return self._failed

    def step(self) -> bool:
        """Carries what there is. False where the database did not take it."""
        try:
            self._history.carry_all()
        except (SQLAlchemyError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            if not self._failed:
                _LOG.warning("the history can't be written (%s); it is kept in the journal, and written later", reason)
            self._failed = reason
            return False
        if self._failed:
            _LOG.warning("the history is written again")
        self._failed = ""
        self._log.keep_from(self._history.segment)
        return True

    def close(self) -> None:
        """Gives the database's connections back."""
        self._history.engine.dispose()


class ThreadIndexing:
    """Runs an indexer in a thread of its own."""

    def __init__(self, indexer: Indexer, every_s: float = _EVERY_S) -> None:
        self._indexer = indexer
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Carries the rest, unless the database does not answer in time: the next life does it then."""
        self._stopping.set()
        self._thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        pause_s = self._every_s
        while not self._stopping.wait(pause_s):
            pause_s = self._every_s if self._indexer.step() else min(pause_s * 2, _LONGEST_PAUSE_S)
        self._indexer.step()
        self._indexer.close()


class LoopIndexing:
    """Runs an indexer on the running event loop: for loops of virtual time, whose runs must repeat."""

    def __init__(self, indexer: Indexer, every_s: float = _EVERY_S) -> None:
        self._indexer = indexer
        self._every_s = every_s
        self._later: Callable[..., asyncio.TimerHandle] = asyncio.get_running_loop().call_later
        self._timer = self._later(every_s, self._step)

    def stop(self) -> None:
        """Carries the rest."""
        self._timer.cancel()
        self._indexer.step()
        self._indexer.close()

    def _step(self) -> None:
        self._indexer.step()
        self._timer = self._later(self._every_s, self._step)


def indexing(indexer: Indexer, *, in_loop: bool) -> ThreadIndexing | LoopIndexing:
    """An indexer that runs."""
    return LoopIndexing(indexer) if in_loop else ThreadIndexing(indexer)
