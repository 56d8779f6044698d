"""What the exchange's own paths may be told: a name that none of them knows, or an unlisted contract, is refused.

The refusal is one line that says what was meant, perhaps, and what would do.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from connector.simulator.errors import VenueError
from connector.simulator.local.local_assets import FIGURES
from connector.simulator.local.local_keys import FLAGS
from connector.simulator.runtime import Runtime

#: What a new key may be told.
_KEY = ("kind", "public_key", *FLAGS, "addresses", "trading_ends")
#: By method and path. Which parameters a fault takes is the fault's own matter.
TAKES: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/local/v1/account"): (),
    ("POST", "/local/v1/account"): ("deposit", *_KEY, "owner"),
    ("POST", "/local/v1/key"): ("api_key", *_KEY),
    ("PUT", "/local/v1/key"): ("api_key", *FLAGS, "addresses", "trading_ends"),
    ("DELETE", "/local/v1/key"): ("api_key",),
    ("GET", "/local/v1/background"): (),
    ("POST", "/local/v1/funding"): ("symbol", "special"),
    ("PUT", "/local/v1/funding"): ("symbol", "hours", "cap", "floor", "rate"),
    ("POST", "/local/v1/transfer"): ("api_key", "asset", "amount", "wallet"),
    ("PUT", "/local/v1/asset"): ("asset", *FIGURES),
    ("POST", "/local/v1/liquidation"): ("api_key", "symbol"),
    ("POST", "/local/v1/adl"): ("api_key", "symbol"),
    ("POST", "/local/v1/brackets"): ("symbol", "share", "brackets", "rows"),
    ("POST", "/local/v1/mark"): ("symbol", "price"),
    ("GET", "/local/v1/view"): ("symbol",),
    ("GET", "/local/v1/faults"): (),
    ("GET", "/local/v1/clock"): (),
    ("POST", "/local/v1/clock"): ("rate", "step_ms"),
    ("GET", "/local/v1/prices"): (),
    ("POST", "/local/v1/prices"): ("name", "symbol"),
    ("GET", "/local/v1/state"): (),
}


def check_local(runtime: Runtime, method: str, path: str, sent: Mapping[str, str]) -> None:
    """-1130 for a parameter that the path does not take, -1121 for a contract that is not listed."""
    taken = TAKES.get((method, path))
    if taken is None:
        return
    for name in sent:
        if name not in taken:
            takes = f"it takes {', '.join(taken)}" if taken else "it takes none"
            raise VenueError(-1130, text=f"{method} {path} takes no {name!r}{_hint(name, taken)}; {takes}")
    symbol = sent.get("symbol")
    listed = tuple(runtime.engine.listings)
    if symbol and symbol not in listed:
        raise VenueError(-1121, text=f"symbol {symbol!r} is not listed{_hint(symbol, listed)}")


def _hint(name: str, known: tuple[str, ...]) -> str:
    found = get_close_matches(name, known, n=3)
    return f" (did you mean {' or '.join(found)}?)" if found else ""
