"""Contracts from a file: the answer of exchangeInfo, as the venue gives it.

What the exchange needs and a row does not say is made by rule:

    start price    `startPrice` of the row, where somebody put one in; else that of the shipped contract of this name;
                   else a hundred times `minPrice` where that says anything (more than ten ticks), else 20,000 ticks
    brackets       those of the shipped contract of this name, else of the one that trades least (BTCDOMUSDT)
    background     the pace of the shipped contract of this name, else one trade in two seconds
    0 or nothing   of MAX_NUM_ORDERS means 200, without MARKET_LOT_SIZE LOT_SIZE holds, without PERCENT_PRICE 5 %,
                   without MIN_NOTIONAL 5

Statuses and perpetual contract types are told as they are spelt. What can't be listed is left out, and `left_out` says
which and why: dated contracts, those with margin in an asset that no wallet here holds, and rows that make no sense.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from connector.simulator.errors import BadInput
from connector.simulator.fixed_point import decimals_of
from connector.simulator.market.collateral_prices import ASSETS
from connector.simulator.market.default_instruments import BTCDOMUSDT, DEFAULT_INSTRUMENTS
from connector.simulator.market.instruments import Instrument

#: The background acts for a contract that is not shipped in one of so many of its steps.
EVERY = 120
MIN_PRICES, TICKS = 100, 20_000
MAX_ORDERS = 200
#: Of what an amount has at most, and a precision.
MOST_DECIMALS = 8
NONE = "NONE"
CONTROL_SIDES = (NONE, "BUY", "SELL", "BOTH")
_DATED = re.compile(r"_\d{6}$")
#: What would end a stream's name, or a word of a line.
_NOT_IN_A_NAME = re.compile(r"[\s@/&?=%\"\\]")
_SHIPPED = {row.symbol: row for row in DEFAULT_INSTRUMENTS}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InstrumentList:
    """What a file lists, in its order, and a line for each row that was left out."""

    instruments: tuple[Instrument, ...]
    left_out: tuple[str, ...]


class _Unusable(ValueError):
    """A row that can't be listed; the text says why."""


def read_instruments(path: Path) -> InstrumentList:
    """The contracts of an exchangeInfo file. Raises `BadInput` where there is none to list."""
    try:
        answer = json.loads(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as flaw:
        raise BadInput(f"{path} is no JSON: {flaw}") from flaw
    rows = answer.get("symbols") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise BadInput(f"{path} is no answer of exchangeInfo: it has no list `symbols`")
    found: dict[str, Instrument] = {}
    left_out: list[str] = []
    for number, row in enumerate(rows, 1):
        name = row.get("symbol") if isinstance(row, dict) else None
        try:
            instrument = _instrument(row)
            if instrument.symbol in found:
                raise _Unusable("it is listed already")
            found[instrument.symbol] = instrument
        except _Unusable as flaw:
            left_out.append(f"{path}: {_called(name, number)} is left out: {flaw}")
    if not found:
        why = left_out[0] if left_out else "`symbols` is empty"
        raise BadInput(f"{path} lists nothing that can be traded here: {why}")
    return InstrumentList(tuple(found.values()), tuple(left_out))


def _called(name: object, number: int) -> str:
    """How a row is named to whoever wrote it."""
    return name if isinstance(name, str) and name and name.isprintable() else f"row {number}"


def _instrument(row: object) -> Instrument:
    if not isinstance(row, dict):
        raise _Unusable("it is no object")
    symbol, base, quote = (_text(row, name) for name in ("symbol", "baseAsset", "quoteAsset"))
    if _NOT_IN_A_NAME.search(symbol):
        raise _Unusable("no stream could have such a name")
    contract_type = _perpetual(row, symbol)
    _check_margin(row, quote)
    filters = _filters(row)
    price, lot = _filter(filters, "PRICE_FILTER"), _filter(filters, "LOT_SIZE")
    market_lot = filters.get("MARKET_LOT_SIZE", lot)
    tick, step = _grid(price, "tickSize"), _grid(lot, "stepSize")
    bounds = filters.get("PERCENT_PRICE", {})
    shipped = _SHIPPED.get(symbol)
    least, most = _amount(price, "minPrice", tick), _amount(price, "maxPrice")
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        tick=tick,
        step=step,
        price_precision=_precision(row, "pricePrecision", tick),
        quantity_precision=_precision(row, "quantityPrecision", step),
        min_price=least,
        max_price=most,
        max_quantity=_amount(lot, "maxQty"),
        market_max_quantity=_amount(market_lot, "maxQty"),
        min_notional=_amount(filters.get("MIN_NOTIONAL", {}), "notional", Decimal(5)),
        start_price=_start_price(row, shipped, (least, most, tick)),
        brackets=(shipped or BTCDOMUSDT).brackets,
        onboard_ms=_integer(row, "onboardDate", BTCDOMUSDT.onboard_ms),
        percent_up=_amount(bounds, "multiplierUp", Decimal("1.0500")),
        percent_down=_amount(bounds, "multiplierDown", Decimal("0.9500")),
        market_take_bound=_amount(row, "marketTakeBound", Decimal("0.05")),
        max_orders=_integer(filters.get("MAX_NUM_ORDERS", {}), "limit", MAX_ORDERS) or MAX_ORDERS,
        trigger_protect=_amount(row, "triggerProtect", Decimal("0.0500")),
        max_amendments=_integer(row, "maxMoveOrderLimit", 10_000),
        takes_rpi="RPI" in _words(row, "permissionSets"),
        contract_type=contract_type,
        underlying_type=str(row.get("underlyingType") or "COIN"),
        underlying_sub_types=_words(row, "underlyingSubType"),
        components=shipped.components if shipped else (),
        background_every=shipped.background_every if shipped else EVERY,
        first_status=_text(row, "status"),
        first_control_side=_control_side(filters),
    )


def _perpetual(row: Row, symbol: str) -> str:
    """The contract type as it is spelt: a perpetual's, or none yet where a contract is announced."""
    contract_type = row.get("contractType")
    if not isinstance(contract_type, str):
        raise _Unusable("it has no contractType")
    if _DATED.search(symbol) or (contract_type and "PERPETUAL" not in contract_type):
        raise _Unusable(f"only perpetual contracts are listed here, and it is {contract_type or 'a dated one'}")
    return contract_type


def _check_margin(row: Row, quote: str) -> None:
    margin = _text(row, "marginAsset")
    if margin != quote:
        raise _Unusable(f"its margin is in {margin} and its price in {quote}; only linear contracts are listed here")
    if margin not in ASSETS:
        raise _Unusable(f"its margin is in {margin}, which no wallet here holds ({', '.join(ASSETS)})")


def _filters(row: Row) -> dict[str, Row]:
    filters = row.get("filters")
    if not isinstance(filters, list):
        raise _Unusable("it has no filters")
    return {str(each.get("filterType")): each for each in filters if isinstance(each, dict)}


def _filter(filters: Mapping[str, Row], name: str) -> Row:
    if name not in filters:
        raise _Unusable(f"it has no {name} filter")
    return filters[name]


def _control_side(filters: Mapping[str, Row]) -> str:
    side = filters.get("POSITION_RISK_CONTROL", {}).get("positionControlSide", NONE)
    if side not in CONTROL_SIDES:
        raise _Unusable(f"positionControlSide is {side!r} and should be one of {', '.join(CONTROL_SIDES)}")
    return str(side)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise _Unusable(f"it has no {name}")
    if not value.isprintable():
        raise _Unusable(f"{name} is {value!a}, which cannot be written")
    return value


def _words(row: Row, name: str) -> tuple[str, ...]:
    value = row.get(name) or []
    if not isinstance(value, list):
        raise _Unusable(f"{name} is {value!r} and should be a list")
    return tuple(str(one) for one in value)


def _integer(row: Row, name: str, default: int) -> int:
    value = row.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _Unusable(f"{name} is {value!r} and should be a whole number")
    return value


def _amount(row: Row, name: str, default: Decimal | None = None) -> Decimal:
    """A figure above 0. `default` stands for one that is not there."""
    value = row.get(name)
    if value is None and default is not None:
        return default
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount <= 0:
        raise _Unusable(f"{name} is {value!r} and should be a number above 0")
    return amount


def _grid(row: Row, name: str) -> Decimal:
    size = _amount(row, name)
    if decimals_of(size) > MOST_DECIMALS:
        raise _Unusable(f"{name} is {size}, finer than the {MOST_DECIMALS} decimals that amounts have")
    return size


def _precision(row: Row, name: str, grid: Decimal) -> int:
    """At least the decimals of the grid, whatever the row says."""
    least = decimals_of(grid)
    given = _integer(row, name, least)
    if given > MOST_DECIMALS:
        raise _Unusable(f"{name} is {given}, more than {MOST_DECIMALS}")
    return max(least, given)


def _start_price(row: Row, shipped: Instrument | None, bounds: tuple[Decimal, Decimal, Decimal]) -> Decimal:
    """Where the market begins, by the rule above, on the grid and within the filter."""
    least, most, tick = bounds
    if row.get("startPrice") is not None:
        price = _amount(row, "startPrice")
    elif shipped is not None:
        price = shipped.start_price
    else:
        price = least * MIN_PRICES if least > 10 * tick else tick * TICKS
    price -= price % tick
    lowest, highest = max(least, 2 * tick), most
    if lowest > highest:
        raise _Unusable(f"no price lies between minPrice {least} and maxPrice {most}")
    return max(lowest, min(price, highest))
