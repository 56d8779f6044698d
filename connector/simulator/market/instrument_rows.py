"""A contract from its row of exchangeInfo.

What the exchange needs and a row does not say is made by rule:

    start price    `startPrice` of the row, where somebody put one in; else that of the shipped contract of this name;
                   else, with a date, that of the pair's perpetual contract; else a hundred times `minPrice` where that
                   says anything (more than ten ticks), else 20,000 ticks; the middle where that is beyond the filter
    brackets       those of the shipped contract of this name, else of the one that trades least (BTCDOMUSDT)
    background     the pace of the shipped contract of this name, else one trade in two seconds; with a date it follows
                   the pair's perpetual contract
    0 or nothing   of MAX_NUM_ORDERS means 200, without MARKET_LOT_SIZE LOT_SIZE holds, without PERCENT_PRICE 5 %,
                   without MIN_NOTIONAL 5

A row that makes no market is `Unusable`: what no wallet could back, what no order could be placed in, and figures that
make no sense.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from connector.simulator.market.collateral_prices import ASSETS
from connector.simulator.market.default_instruments import BTCDOMUSDT, DEFAULT_INSTRUMENTS
from connector.simulator.market.instruments import NEVER_MS, Instrument
from connector.simulator.market.listing import STATUSES
from connector.simulator.market.orders import TIMES_IN_FORCE
from connector.simulator.market.row_fields import (
    Row,
    Unusable,
    amount_in,
    choice_in,
    precision_in,
    share_in,
    shown,
    text_in,
    whole_in,
    words_in,
)
from connector.simulator.market.row_filters import Lots, filters_of, lots_in, prices_in

#: The background acts for a contract that is not shipped in one of so many of its steps.
EVERY = 120
MAX_ORDERS = 200
NONE = "NONE"
CONTROL_SIDES = (NONE, "BUY", "SELL", "BOTH")
DOLLAR = "USD"
#: What exchangeInfo tells as the row has it, and nothing here goes by.
TOLD = (
    "maintMarginPercent", "requiredMarginPercent", "baseAssetPrecision", "quotePrecision", "settlePlan", "orderTypes",
    "permissionSets",
)  # fmt: skip
LONGEST_TOLD = 2_000
_DATED = re.compile(r"_\d{6}$")
_DATED_TYPE = re.compile(r"(CURRENT|NEXT)_(WEEK|MONTH|QUARTER)\b")
#: What would end a stream's name, or a word of a line.
_NOT_IN_A_NAME = re.compile(r"[\s@/&?=%\"\\]")
_SHIPPED = {row.symbol: row for row in DEFAULT_INSTRUMENTS}


def instrument_of(row: object, before: Mapping[str, Instrument]) -> Instrument:
    """The contract of a row; `before` are those of the rows before it. Raises `Unusable`."""
    if not isinstance(row, dict):
        raise Unusable("kind", "it is no object")
    symbol = _name(row, before)
    contract_type, pair = _type_and_pair(row, symbol)
    filters = filters_of(row)
    prices, lots = prices_in(filters), lots_in(filters)
    shipped = _SHIPPED.get(symbol)
    kin = shipped or before.get(pair) or _SHIPPED.get(pair)
    start = prices.start(row, kin.start_price if kin else None)
    return Instrument(
        symbol=symbol,
        base=text_in(row, "baseAsset"),
        quote=_margin(row),
        tick=prices.tick,
        step=lots.step,
        price_precision=precision_in(row, "pricePrecision", prices.tick),
        quantity_precision=precision_in(row, "quantityPrecision", lots.step),
        min_price=prices.least,
        max_price=prices.most,
        max_quantity=lots.most,
        market_max_quantity=lots.market_most,
        min_notional=_min_notional(filters, lots, start),
        start_price=start,
        brackets=(shipped or BTCDOMUSDT).brackets,
        onboard_ms=whole_in(row, "onboardDate", BTCDOMUSDT.onboard_ms),
        percent_up=prices.up,
        percent_down=prices.down,
        market_take_bound=share_in(row, "marketTakeBound", Decimal("0.05")),
        max_orders=_max_orders(filters),
        trigger_protect=share_in(row, "triggerProtect", Decimal("0.0500")),
        max_amendments=whole_in(row, "maxMoveOrderLimit", 10_000),
        takes_rpi="RPI" in words_in(row, "permissionSets"),
        contract_type=contract_type,
        underlying_type=text_in(row, "underlyingType") if row.get("underlyingType") else "COIN",
        underlying_sub_types=words_in(row, "underlyingSubType"),
        components=shipped.components if shipped else (),
        background_every=shipped.background_every if shipped else EVERY,
        first_status=choice_in("status", text_in(row, "status"), STATUSES),
        first_control_side=_control_side(filters),
        follows=pair,
        min_quantity=lots.least,
        market_min_quantity=lots.market_least,
        liquidation_fee=share_in(row, "liquidationFee", Decimal("0.012500"), may_be_none=True),
        times_in_force=_times_in_force(row),
        delivery_ms=whole_in(row, "deliveryDate", NEVER_MS),
        dated_pair=pair,
        told=_told(row),
    )


def _name(row: Row, before: Mapping[str, Instrument]) -> str:
    """The symbol. Streams are named in lower case: two names that differ in case alone would be one."""
    symbol = text_in(row, "symbol")
    if _NOT_IN_A_NAME.search(symbol):
        raise Unusable("symbol", "no stream could have such a name")
    if symbol in before:
        raise Unusable("symbol", "it is listed already")
    if symbol != symbol.upper():
        raise Unusable("symbol", f"symbol is {shown(symbol)} and should be in upper case")
    return symbol


def _type_and_pair(row: Row, symbol: str) -> tuple[str, str]:
    """The contract type as it is spelt, none where a contract is only announced; and the pair of one with a date."""
    contract_type = row.get("contractType")
    if contract_type != "":
        contract_type = text_in(row, "contractType")
    dated = _DATED.search(symbol)
    if _DATED_TYPE.match(contract_type) or (dated and not contract_type):
        pair = text_in(row, "pair") if row.get("pair") else symbol[: dated.start()] if dated else ""
        if pair in ("", symbol):
            raise Unusable("pair", f"pair is {shown(pair)}, and a contract with a date needs one besides its name")
        return contract_type, pair
    if contract_type and "PERPETUAL" not in contract_type:
        raise Unusable("contractType", f"contractType is {shown(contract_type)}, neither perpetual nor with a date")
    if dated:
        raise Unusable("contractType", f"contractType is {shown(contract_type)}, and its name has a date")
    return contract_type, ""


def _margin(row: Row) -> str:
    """What prices and margin are in."""
    quote, margin = text_in(row, "quoteAsset"), text_in(row, "marginAsset")
    if margin != quote:
        raise Unusable(
            "marginAsset", f"its margin is in {margin} and its price in {quote}; only linear contracts are listed here"
        )
    if margin not in ASSETS and DOLLAR not in margin:
        raise Unusable("marginAsset", f"its margin is in {margin}, which is no dollar and none of {', '.join(ASSETS)}")
    return quote


def _min_notional(filters: Mapping[str, Row], lots: Lots, start: Decimal) -> Decimal:
    """One that an order of the largest quantity reaches."""
    least = amount_in(filters.get("MIN_NOTIONAL", {}), "notional", Decimal(5))
    if least > min(lots.most, lots.market_most) * start:
        raise Unusable("notional", f"notional is {least}, which no order reaches: maxQty at {start} is worth less")
    return least


def _max_orders(filters: Mapping[str, Row]) -> int:
    return whole_in(filters.get("MAX_NUM_ORDERS", {}), "limit", MAX_ORDERS) or MAX_ORDERS


def _control_side(filters: Mapping[str, Row]) -> str:
    told = filters.get("POSITION_RISK_CONTROL", {}).get("positionControlSide", NONE)
    return choice_in("positionControlSide", told, CONTROL_SIDES)


def _times_in_force(row: Row) -> tuple[str, ...]:
    """What limit orders may have; RPI is told by the permissions."""
    if row.get("timeInForce") is None:
        return TIMES_IN_FORCE
    told = tuple(choice_in("timeInForce", one, (*TIMES_IN_FORCE, "RPI")) for one in words_in(row, "timeInForce"))
    if "GTC" not in told:
        raise Unusable("timeInForce", f"timeInForce is {shown(list(told))} and lacks GTC, which every contract has")
    return told


def _told(row: Row) -> tuple[tuple[str, str], ...]:
    told = tuple((name, json.dumps(row[name])) for name in TOLD if row.get(name) is not None)
    for name, text in told:
        if len(text) > LONGEST_TOLD or not _is_sane(row[name]):
            raise Unusable(name, f"{name} is {shown(row[name])}, which cannot be told")
    return told


def _is_sane(value: object) -> bool:
    """A word, a whole number of 63 bits, or a list of words."""
    if isinstance(value, list):
        return all(isinstance(one, str) and one.isprintable() for one in value)
    if isinstance(value, str):
        return value.isprintable()
    return isinstance(value, int) and abs(value) < 2**63
