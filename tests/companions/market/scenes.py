"""Frames as the venue writes them, and the twins side by side."""

import importlib
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from connector.market.facts import Fact, MalformedFrameError
from connector.market.feed import MarketFeed
from connector.market.plain import frames
from connector.market.symbol_feed import SymbolFeed

D = Decimal
SYMBOL, PAIR = "BTCUSDT", "BTC-USDT"

NewDecoder = Callable[[], Any]
Rows = Iterable[tuple[str, str]]

PLAIN: NewDecoder = frames.FrameDecoder


def compiled_decoder() -> Callable[..., Any] | None:
    """The compiled twin, or None where it was not built."""
    try:
        decoder: Callable[..., Any] = importlib.import_module("connector.market.compiled.frames").FrameDecoder
    except ImportError:
        return None
    return decoder


def packed(payload: object) -> bytes:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def wrapped(payload: object, stream: str = "btcusdt@depth@100ms") -> bytes:
    return packed({"stream": stream, "data": payload})


def depth(
    first_id: int, last_id: int, previous_id: int, *, bids: Rows = (), asks: Rows = (), **more: object
) -> dict[str, Any]:
    return {
        "e": "depthUpdate",
        "E": 1723161256299,
        "T": 1723161256298,
        "s": SYMBOL,
        "U": first_id,
        "u": last_id,
        "pu": previous_id,
        "b": [list(row) for row in bids],
        "a": [list(row) for row in asks],
        **more,
    }


def ticker(update_id: int, bid: str, bid_amount: str, ask: str, ask_amount: str, **more: object) -> dict[str, Any]:
    return {
        "e": "bookTicker",
        "u": update_id,
        "s": SYMBOL,
        "b": bid,
        "B": bid_amount,
        "a": ask,
        "A": ask_amount,
        "T": 1723161256313,
        "E": 1723161256313,
        **more,
    }


def aggregate_trade(price: str, amount: str, **more: object) -> dict[str, Any]:
    return {
        "e": "aggTrade",
        "E": 1626992741575,
        "a": 16599292,
        "s": SYMBOL,
        "p": price,
        "q": amount,
        "f": 23961322,
        "l": 23961322,
        "T": 1626992741421,
        "m": False,
        **more,
    }


def mark_price(mark: str, index: str, rate: str, **more: object) -> dict[str, Any]:
    return {
        "e": "markPriceUpdate",
        "E": 1723161256000,
        "s": SYMBOL,
        "p": mark,
        "i": index,
        "P": "61700.00000000",
        "r": rate,
        "T": 1723190400000,
        **more,
    }


def kline() -> dict[str, Any]:
    return {"e": "kline", "E": 1626992741424, "s": SYMBOL, "k": {"t": 1, "x": False, "v": "3917", "n": 48, "B": None}}


def snapshot(last_id: int, bids: Rows = (), asks: Rows = ()) -> bytes:
    return packed({"lastUpdateId": last_id, "E": 1, "T": 1, "bids": [*map(list, bids)], "asks": [*map(list, asks)]})


def members(fields: Iterable[tuple[str, object]]) -> bytes:
    """An object of these fields in this order, one name more than once where they are given so."""
    return b"{" + b",".join(packed(name) + b":" + packed(value) for name, value in fields) + b"}"


def outcome(decoder: Any, frame: bytes) -> tuple[object, ...]:
    """What a decoder makes of a frame, in a form that both twins share."""
    try:
        fact: Fact = decoder.decode(frame)
    except MalformedFrameError:
        return ("malformed",)
    names = ("symbol", "family", "first_id", "last_id", "previous_id", "update_id", "bids", "asks", "bid", "ask")
    values = [getattr(fact, name, None) for name in (*names, "trade", "rows")]
    return (fact.kind, *values)


def snapshot_outcome(decoder: Any, body: bytes) -> tuple[object, ...]:
    """What a decoder makes of the body of a depth request, in a form that both twins share."""
    try:
        snapshot = decoder.decode_snapshot(body)
    except MalformedFrameError:
        return ("malformed",)
    return (snapshot.last_id, snapshot.bids, snapshot.asks)


def followed(new_decoder: NewDecoder, *, only_family: int | None = 1) -> tuple[MarketFeed, SymbolFeed]:
    feed = MarketFeed(only_family=only_family, decoder=new_decoder())
    return feed, feed.add(SYMBOL, PAIR)
