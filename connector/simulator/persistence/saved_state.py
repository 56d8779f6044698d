"""A life of the exchange in a file: accounts, keys, orders, positions, ids, funding, and the background market.

It holds the keys that the exchange made up, and only its owner may read it. One line names format and checksum, a
compressed pickle follows. The file is written beside itself and moved into place, so that it is always whole. When it
is read, only classes of the exchange and a few plain ones are made from it: a file that names any other is refused,
whoever wrote it.
"""

import hashlib
import io
import os
import pickle
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from connector.simulator.access.api_keys import ApiKey, ApiKeys
from connector.simulator.background.seeded_market import SeededMarket
from connector.simulator.engine import Engine
from connector.simulator.errors import BadInput

MAGIC = "connector-exchange-state"
#: Changes when a file of an earlier release can't be read any more.
VERSION = 1
_PLAIN = {
    ("decimal", "Decimal"),
    ("collections", "deque"),
    ("functools", "partial"),
    ("random", "Random"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
}
_OURS = "connector.simulator."
#: The modules whose classes a state is made of. Histories sort by their functions that end in `_at`.
_ROOMS = frozenset(
    _OURS + name
    for name in (
        "access.api_keys", "access.signatures", "accounts.accounts", "accounts.algo_book",
        "accounts.algo_orders", "accounts.events", "accounts.fees", "accounts.house_ledger", "accounts.margin",
        "accounts.margin_pools", "accounts.open_orders", "accounts.positions", "accounts.records",
        "background.background", "background.seeded_market", "background.symbol_model", "engine", "errors",
        "fault_injection.price_scripts", "fixed_point", "history", "ids", "market.book", "market.candles",
        "market.collateral_prices", "market.filters", "market.funding_schedule", "market.instruments",
        "market.listing", "market.mark_price", "market.orders", "market.rolling_day", "market.tape",
        "matching.account_settings", "matching.admission", "matching.algo_admission", "matching.algo_engine",
        "matching.amendments", "matching.clearing", "matching.countdown", "matching.funding_settlement",
        "matching.matching", "matching.order_placement", "persistence.saved_state", "risk.auto_exchange",
        "risk.deleveraging", "risk.forced_orders", "risk.insurance", "risk.liquidation", "risk.monitor",
    )
)  # fmt: skip


@dataclass(slots=True)
class SavedEpoch:
    """What a life can't be continued without. `steady_ms` is when it was saved, by the steady clock."""

    name: str
    engine: Engine
    members: ApiKeys
    member: ApiKey
    market: SeededMarket
    steady_ms: int


class _Writer(pickle.Pickler):
    """Pickles methods of our own objects by object and name: plain pickling would need `getattr` to read them."""

    def persistent_id(self, value: Any) -> Any:
        return (value.__self__, value.__name__) if isinstance(value, MethodType) else None


class _Reader(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> Callable[..., Any]:
        owner, name = pid
        if type(owner).__module__ not in _ROOMS or name.startswith("_"):
            raise pickle.UnpicklingError(f"{type(owner).__name__}.{name} is no part of a state")
        method: Callable[..., Any] = getattr(owner, name)
        return method

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module in _ROOMS and "." not in name:
            found = super().find_class(module, name)
            is_class = isinstance(found, type) and found.__module__ == module
            if is_class or (isinstance(found, FunctionType) and name.endswith("_at")):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a state")


def save(path: Path, life: SavedEpoch) -> None:
    """Writes the life; the file is the old one or the new one, never half of either. Raises OSError."""
    buffer = io.BytesIO()
    _Writer(buffer, protocol=5).dump(life)
    body = zlib.compress(buffer.getvalue(), 1)
    beside = path.with_name(path.name + ".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(f"{MAGIC} {VERSION} {hashlib.sha256(body).hexdigest()}\n".encode())
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load(path: Path) -> SavedEpoch | None:
    """The life in a file, None where there is no file. Raises `BadInput`."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    words = head.split(b" ")
    if words[0] != MAGIC.encode() or len(words) != 3:
        raise BadInput(f"{path} is no state of an exchange; name another file, or move it away to begin anew")
    if words[1] != str(VERSION).encode():
        raise BadInput(f"{path} was saved by another release; move it away to begin anew")
    if words[2] != hashlib.sha256(body).hexdigest().encode():
        raise BadInput(f"{path} is damaged: its checksum differs; move it away to begin anew")
    try:
        life = _Reader(io.BytesIO(zlib.decompress(body))).load()
    except (pickle.UnpicklingError, zlib.error, AttributeError, TypeError, ImportError, EOFError) as flaw:
        raise BadInput(f"{path} cannot be used ({flaw}); move it away to begin anew") from flaw
    if not isinstance(life, SavedEpoch):
        raise BadInput(f"{path} holds no life of an exchange; move it away to begin anew")
    return life
