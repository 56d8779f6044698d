"""What of the limits outlives a run: a small file of the instance, beside its journal.

It holds where the day began and what struck, and for whoever looks from outside use and bound of each limit as they
were when it was written. Who wants a limit let go while the bot runs puts a file beside it, which the bot takes away.
"""

import contextlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from connector.core.amounts import plain
from connector.core.faults import ConfigFault, failure_text
from connector.risk.limit_row import LimitRow
from connector.risk.loss_limits import DayStand

_LOG = logging.getLogger(__name__)
LIMITS_NAME: Final = "limits.json"
_RELEASE: Final = "limits.release"


@dataclass(frozen=True, slots=True)
class KeptLimits:
    """What stands in a file."""

    stand: DayStand | None
    rows: tuple[LimitRow, ...]
    #: When it was written, by the venue's clock.
    written_ms: int
    #: What equity and losses are in: the margin asset; empty in a file of an older release.
    asset: str = ""


class LimitsFile:
    """One instance's. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._trouble = ""

    def read(self) -> KeptLimits | None:
        """What stands there; None without a file. Raises `ConfigFault` for one that can't be read: what struck there
        must not be forgotten."""
        if self._folder is None:
            return None
        path = self._folder / LIMITS_NAME
        try:
            return _kept(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as flaw:
            remedy = "look at it, then remove it: the limits of the day count anew from then"
            raise ConfigFault("limits", path, f"holds no limits ({failure_text(flaw)})", remedy) from flaw

    def write(self, stand: DayStand | None, rows: Iterable[LimitRow], venue_ms: int, asset: str = "") -> None:
        """In one step. A disk that does not take it is told once in the log."""
        if self._folder is None:
            return
        told = {
            "day": None if stand is None else stand.day,
            "asset": asset,
            "equity": None if stand is None or stand.equity is None else plain(stand.equity),
            "struck": None if stand is None or stand.struck is None else _as_json(stand.struck),
            "limits": [_as_json(row) for row in rows],
            "written_ms": venue_ms,
        }
        path = self._folder / LIMITS_NAME
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_suffix(".new")
            beside.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
            beside.replace(path)
        except OSError as error:
            if not self._trouble:
                _LOG.warning("%s can't be written: %s", path, failure_text(error))
            self._trouble = failure_text(error)
        else:
            self._trouble = ""

    def ask_release(self) -> None:
        """Asks the bot that runs there to let go what struck. Raises OSError."""
        if self._folder is not None:
            (self._folder / _RELEASE).touch()

    def is_release_asked(self) -> bool:
        """Whether somebody did, and the bot has not heard it."""
        return self._folder is not None and (self._folder / _RELEASE).exists()

    def takes_release(self) -> bool:
        """Whether somebody asked for it; once."""
        if not self.is_release_asked() or self._folder is None:
            return False
        with contextlib.suppress(OSError):
            (self._folder / _RELEASE).unlink()
            return True
        return False


def _as_json(row: LimitRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "use": plain(row.use),
        "bound": plain(row.bound),
        "unit": row.unit,
        "struck": row.struck,
        "is_least": row.is_least,
    }


def _row(told: dict[str, Any]) -> LimitRow:
    use, bound = Decimal(told["use"]), Decimal(told["bound"])
    return LimitRow(str(told["name"]), use, bound, str(told["unit"]), bool(told["struck"]), bool(told["is_least"]))


def _kept(told: dict[str, Any]) -> KeptLimits:
    stand = None
    if told["day"] is not None:
        equity = None if told["equity"] is None else Decimal(told["equity"])
        stand = DayStand(int(told["day"]), equity, None if told["struck"] is None else _row(told["struck"]))
    rows, asset = tuple(_row(row) for row in told["limits"]), str(told.get("asset", ""))
    return KeptLimits(stand, rows, int(told["written_ms"]), asset)
