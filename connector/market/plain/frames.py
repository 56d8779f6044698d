"""Market frames, decoded plainly: the specification of the compiled decoder, and what it asks when unsure.

Source: "Market data" stream payloads and "Local order book", as of 2026-11; recordings of 2021 lack `st`, `ps`,
`nq` and `ap`. Frames come raw or wrapped (`{"stream":..,"data":..}`), their fields in any order; unknown fields are
passed over.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ujson

from connector.core.enums import TradeType
from connector.core.figures import MOST_TIME_MS, cut
from connector.market.facts import (
    MOST_DIGITS,
    BookTicker,
    DepthDiff,
    DepthSnapshot,
    Fact,
    Ignored,
    Level,
    MalformedFrameError,
    MarketTrade,
    MarkPrice,
    MarkPrices,
    ScaledNumber,
    TradeFact,
)
from connector.market.plain.order_book import OrderBook

_UNSIGNED = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_LEAST_ID, _MOST_ID = -(2**63), 2**63 - 1
#: Of a number: more digits are refused before they are counted.
_MOST_LETTERS = 200
_MARK_PRICE = "markPriceUpdate"

Fields = dict[str, Any]


class FrameDecoder:
    """Turns bytes into facts."""

    def __init__(self) -> None:
        #: Frames that a compiled decoder handed to this one: here none.
        self.fallback = 0

    def new_book(self, trading_pair: str, symbol: str) -> OrderBook:
        """An empty book that takes this decoder's facts."""
        return OrderBook(trading_pair, symbol)

    def decode(self, frame: bytes) -> Fact:
        """The fact that a frame states. Raises `MalformedFrameError`; never returns half a fact."""
        payload = _parsed(frame)
        if isinstance(payload, dict) and "stream" in payload and "data" in payload:
            payload = payload["data"]
        if isinstance(payload, list):
            return _rows(payload)
        if not isinstance(payload, dict):
            raise MalformedFrameError("neither an object nor an array")
        event = payload.get("e", "")
        if not isinstance(event, str):
            raise MalformedFrameError("e is no text")
        if event == _MARK_PRICE:
            return MarkPrices((_mark_price(payload),))
        decode = _DECODERS.get(event)
        return decode(payload) if decode else _ignored(payload)

    def decode_snapshot(self, body: bytes) -> DepthSnapshot:
        """The body of a depth request. Raises `MalformedFrameError`, on an error's body too."""
        payload = _parsed(body)
        if not isinstance(payload, dict):
            raise MalformedFrameError("a depth snapshot is an object")
        return DepthSnapshot(_id(payload, "lastUpdateId"), _levels(payload, "bids"), _levels(payload, "asks"))


def _parsed(text: bytes) -> object:
    try:
        return ujson.loads(text)
    except (ValueError, RecursionError) as flaw:
        raise MalformedFrameError(cut(str(flaw))) from None


def _rows(payload: list[Any]) -> MarkPrices | Ignored:
    """An array is of one kind; only arrays of mark prices are followed."""
    if not payload or not all(isinstance(row, dict) and row.get("e") == _MARK_PRICE for row in payload):
        return Ignored()
    return MarkPrices(tuple(_mark_price(row) for row in payload))


def _ignored(fields: Fields) -> Ignored:
    symbol = fields.get("s")
    return Ignored(symbol if isinstance(symbol, str) else "")


def _depth(fields: Fields) -> DepthDiff:
    return DepthDiff(
        symbol=_text(fields, "s"),
        family=_family(fields),
        first_id=_id(fields, "U"),
        last_id=_id(fields, "u"),
        previous_id=_id(fields, "pu"),
        bids=_levels(fields, "b"),
        asks=_levels(fields, "a"),
    )


def _ticker(fields: Fields) -> BookTicker:
    return BookTicker(
        symbol=_text(fields, "s"),
        family=_family(fields),
        update_id=_id(fields, "u"),
        bid=Level(_scaled(fields.get("b")), _scaled(fields.get("B"))),
        ask=Level(_scaled(fields.get("a")), _scaled(fields.get("A"))),
    )


def _aggregate_trade(fields: Fields) -> TradeFact | Ignored:
    return _trade(fields, "a")


def _single_trade(fields: Fields) -> TradeFact | Ignored:
    return _trade(fields, "t")


def _trade(fields: Fields, id_field: str) -> TradeFact | Ignored:
    """Trades of the insurance fund and of deleveraging, and records of price 0 (`NA`), are no market trades."""
    if fields.get("X", "MARKET") != "MARKET":
        return _ignored(fields)
    buyer_is_maker = fields.get("m")
    if not isinstance(buyer_is_maker, bool):
        raise MalformedFrameError("m is no truth value")
    price = _scaled(fields.get("p")).exact
    if not price:
        raise MalformedFrameError("a trade at the price 0")
    trade = MarketTrade(
        price=price,
        amount=_scaled(fields.get("q")).exact,
        trade_type=TradeType.SELL if buyer_is_maker else TradeType.BUY,
        trade_id=_id(fields, id_field),
        time_ms=_time(fields, "T"),
    )
    return TradeFact(_text(fields, "s"), _family(fields), trade)


def _mark_price(fields: Fields) -> MarkPrice:
    """`T` is the next funding time here. Dated contracts have no funding: `r` is empty."""
    mark_price = _scaled(fields.get("p")).exact
    if not mark_price:
        raise MalformedFrameError("a mark price of 0")
    return MarkPrice(
        symbol=_text(fields, "s"),
        family=_family(fields),
        time_ms=_time(fields, "E"),
        mark_price=mark_price,
        index_price=_scaled(fields.get("i")).exact,
        rate=_signed(fields, "r") if fields.get("r") else None,
        next_funding_ms=_time(fields, "T"),
    )


_DECODERS: dict[str, Callable[[Fields], Fact]] = {
    "depthUpdate": _depth,
    "bookTicker": _ticker,
    "aggTrade": _aggregate_trade,
    "trade": _single_trade,
}


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise MalformedFrameError(f"{name} is no text")
    return value


def _id(fields: Fields, name: str) -> int:
    value = fields.get(name)
    if type(value) is not int or not _LEAST_ID <= value <= _MOST_ID:
        raise MalformedFrameError(f"{name} is no id")
    return value


def _time(fields: Fields, name: str) -> int:
    """In ms since the epoch."""
    value = _id(fields, name)
    if not 0 <= value <= MOST_TIME_MS:
        raise MalformedFrameError(f"{name} is no time")
    return value


def _family(fields: Fields) -> int:
    return _id(fields, "st") if "st" in fields else 0


def _levels(fields: Fields, name: str) -> tuple[Level, ...]:
    rows = fields.get(name)
    if not isinstance(rows, list):
        raise MalformedFrameError(f"{name} is no list of levels")
    return tuple([_level(row) for row in rows])


def _level(row: object) -> Level:
    if not isinstance(row, list) or len(row) < 2:
        raise MalformedFrameError("a level is a price and an amount")
    price = _scaled(row[0])
    if not price.digits:
        raise MalformedFrameError("a level at the price 0")
    return Level(price, _scaled(row[1]))


def _scaled(text: object) -> ScaledNumber:
    match = _UNSIGNED.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise MalformedFrameError(f"{_shown(text)} is no number")
    fraction = match[2] or ""
    digits = int(match[1] + fraction) if len(match[0]) <= _MOST_LETTERS else 10**MOST_DIGITS
    if digits >= 10**MOST_DIGITS or len(fraction) > MOST_DIGITS:
        raise MalformedFrameError(f"{_shown(text)} has more than {MOST_DIGITS} digits")
    return ScaledNumber(digits, len(fraction) if digits else 0)


def _signed(fields: Fields, name: str) -> Decimal:
    text = fields.get(name)
    if isinstance(text, str) and text.startswith("-"):
        return -_scaled(text[1:]).exact
    return _scaled(text).exact


def _shown(value: object) -> str:
    """In short: what is no number may be anything, of any length."""
    return cut(value, 40) if isinstance(value, str) else type(value).__name__
