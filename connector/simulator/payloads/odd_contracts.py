"""Rows of exchangeInfo that the venue has served, or that a client must live through: made from a plain one.

None of them is traded here. A client may leave such a row out; it may not lose the others for it.
"""

from collections.abc import Callable

Payload = dict[str, object]


def _named(row: Payload, base: str, quote: str = "USDT", symbol: str = "") -> Payload:
    name = symbol or base + quote
    return {**row, "symbol": name, "pair": name, "baseAsset": base, "quoteAsset": quote}


def _with(row: Payload, kind: str, **changes: object) -> Payload:
    """The row with something else in one of its filters."""
    filters = row["filters"]
    assert isinstance(filters, list)
    return {**row, "filters": [{**each, **changes} if each["filterType"] == kind else each for each in filters]}


#: What is odd, and how a plain row becomes so.
ODD: dict[str, Callable[[Payload], Payload]] = {
    "filters are null": lambda row: {**_named(row, "NULLS"), "filters": None},
    "a step is empty": lambda row: _with(_named(row, "BLANK"), "LOT_SIZE", stepSize=""),
    "no margin asset": lambda row: {**_named(row, "ASKEW"), "marginAsset": None},
    "a tick of 0": lambda row: _with(_named(row, "FLAT"), "PRICE_FILTER", tickSize="0"),
    "no limit of orders": lambda row: _with(_named(row, "FREE"), "MAX_NUM_ORDERS", limit=0),
    "no letter of ASCII": lambda row: _named(row, "汉字"),
    "named as its base": lambda row: {**_named(row, "TWIN", symbol="TWIN"), "status": "PENDING_TRADING"},
    "the same base and quote": lambda row: _named(row, "TWIN"),
    "an empty contract type": lambda row: {**_named(row, "TYPELESS"), "contractType": "", "status": "PENDING_TRADING"},
    "it delivers": lambda row: {
        **_named(row, "ENDING"),
        "contractType": "PERPETUAL DELIVERING",
        "status": "SETTLING",
    },
    "a quarter that delivers": lambda row: {
        **_named(row, "QUARTER", symbol="QUARTERUSDT_261225"),
        "pair": "QUARTERUSDT",
        "contractType": "CURRENT_QUARTER DELIVERING",
        "status": "PRE_SETTLE",
    },
}


def odd_rows(plain: Payload) -> list[Payload]:
    """A row of each kind."""
    return [made(plain) for made in ODD.values()]
