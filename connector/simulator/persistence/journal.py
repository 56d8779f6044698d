"""The journal: every command that the engine was given, a JSON line each, so that a run can be done again.

    {"journal": 1, "start": {...}}                        how the engine was made
    {"do": "place", "with": [1, {"$": "OrderRequest", ...}, 1700000000000]}
    {"do": "cancel", "with": [...], "refused": -2011}
    {"end": "<state hash>"}                               written when the exchange stops

Amounts are decimal text, so a replay is exact. A command that the engine gives itself is part of the one that came
from outside, and not written.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from connector.core.faults import failure_text
from connector.simulator.accounts.algo_orders import AlgoRequest
from connector.simulator.engine import Engine
from connector.simulator.errors import BadInput, VenueError
from connector.simulator.market.collateral_prices import MarginAsset
from connector.simulator.market.instruments import Bracket, Instrument
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import AmendRequest, OrderRequest
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.persistence.state_tags import BY_KIND, Tagged

VERSION = 1
#: What the engine's public methods are: commands are journaled, looks are not.
COMMANDS = frozenset({
    "open_account", "transfer", "place", "cancel", "cancel_all", "set_leverage", "set_hedge", "move_prices",
    "fix_mark", "advance", "settle_funding", "shrink", "amend", "place_algo", "cancel_algo", "cancel_algos",
    "set_countdown", "delay_triggers", "set_isolated", "set_multi_assets", "move_margin", "adjust_funding",
    "begin_funding", "settle_special", "force_liquidation", "force_adl", "change_brackets",
    "delist", "set_status", "set_asset", "set_fee_burn", "move_money", "join_owner", "sign_agreement", "fill_order",
    "skip_trade_ids", "drop_ids", "cover_status", "uncover_status", "refuse_opening", "set_control_side", "step_back",
    "tell_prices",
})  # fmt: skip
#: The frozen rows that commands carry, by the tag that stands in the journal.
ROWS: dict[str, Tagged] = {
    BY_KIND[kind].tag: BY_KIND[kind]
    for kind in (OrderRequest, AmendRequest, AlgoRequest, Instrument, Bracket, MarginAsset)
}


def written(value: Any) -> Any:
    """An argument as JSON takes it: decimals, rows and listings by a `$`. TypeError for what no journal can hold."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return {"$": "Decimal", "is": str(value)}
    if isinstance(value, Listing):
        return {"$": "Listing", "is": value.symbol}
    if isinstance(value, list | tuple):
        return [written(each) for each in value]
    if isinstance(value, dict):
        return {str(key): written(each) for key, each in value.items()}
    row = BY_KIND.get(type(value))
    if row is not None and row.tag in ROWS:
        given = [field.name for field in fields(value) if field.init]
        return {"$": row.tag, **{row.names[one]: written(getattr(value, one)) for one in given}}
    raise TypeError(f"a journal holds no {type(value).__name__}")


def read_back(value: Any, engine: Engine | None = None) -> Any:
    """The argument that was written; listings are looked up at `engine`."""
    if isinstance(value, list):
        return tuple(read_back(each, engine) for each in value)
    if not isinstance(value, dict):
        return value
    kind = value.get("$")
    if kind is None:
        return {key: read_back(each, engine) for key, each in value.items()}
    if kind == "Decimal":
        return Decimal(value["is"])
    if kind == "Listing" and engine is not None:
        return engine.listing(value["is"])
    row = ROWS[kind]
    return row.kind(**{row.attributes[name]: read_back(each, engine) for name, each in value.items() if name != "$"})


class Journal:
    """Writes what `engine` is told from now on. `start` are the arguments that made it."""

    def __init__(self, path: Path, engine: Engine, start: dict[str, Any]) -> None:
        try:
            self._file: IO[str] = path.open("w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror}") from error
        self._engine = engine
        self._depth = 0
        self._write({"journal": VERSION, "start": written(start)})
        for name in sorted(COMMANDS):
            setattr(engine, name, self._watched(name, getattr(engine, name)))

    def close(self) -> None:
        """Writes the state's hash; what comes after is not journaled."""
        if self._file.closed:
            return
        for name in COMMANDS:
            delattr(self._engine, name)
        self._write({"end": state_hash(self._engine)})
        self._file.close()

    def _watched(self, name: str, command: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **named: Any) -> Any:
            line: dict[str, Any] = {"do": name, "with": written(args)}
            if named:
                line["named"] = written(named)
            self._depth += 1
            try:
                return command(*args, **named)
            except VenueError as refusal:
                line["refused"] = refusal.code
                raise
            finally:
                self._depth -= 1
                if not self._depth:
                    self._write(line)

        return watched

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a journal."""

    commands: int
    state_hash: str
    #: Empty where the run did not end in order.
    recorded: str
    #: The first line whose refusal was another one, 0 without.
    differs_at: int

    @property
    def agrees(self) -> bool:
        return not self.differs_at and self.recorded in ("", self.state_hash)


def replay_journal(path: Path) -> Replayed:
    """Does a journaled run again. `differs_at` is the first line whose refusal was another one, 0 without. Raises
    `BadInput`."""
    engine: Engine | None = None
    commands = differs_at = 0
    recorded = ""
    for number, row in _rows(path):
        try:
            if number == 1:
                engine = Engine(**read_back(row["start"]))
            elif engine is not None and "end" in row:
                recorded = row["end"]
            elif engine is not None:
                commands += 1
                if _redo(engine, row) != row.get("refused") and not differs_at:
                    differs_at = number
        except (KeyError, TypeError, ValueError, AttributeError) as flaw:
            raise BadInput(f"{path}, line {number}: no journal of this release ({failure_text(flaw)})") from flaw
    if engine is None:
        raise BadInput(f"{path}: an empty file is no journal")
    return Replayed(commands, state_hash(engine), recorded, differs_at)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                row = json.loads(line)
                if number == 1 and row.get("journal") != VERSION:
                    raise ValueError("its first line says so")
                yield number, row
    except (OSError, ValueError, AttributeError) as flaw:
        raise BadInput(f"{path}: no journal of this release ({failure_text(flaw)})") from flaw


def _redo(engine: Engine, row: dict[str, Any]) -> int | None:
    """Gives a command again and returns the code of its refusal."""
    if row["do"] not in COMMANDS:
        raise ValueError(f"no command {row['do']}")
    try:
        getattr(engine, row["do"])(*read_back(row["with"], engine), **read_back(row.get("named", {}), engine))
    except VenueError as refusal:
        return refusal.code
    return None
