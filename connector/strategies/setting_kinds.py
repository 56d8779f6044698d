"""The kinds of values that a strategy's settings file holds, and how each becomes what the code works with.

A field keeps the unit of the file in its bounds, its default and its description; `FRACTION` turns percent into a
fraction after the bounds have held. `setting` carries the unit, and a bound that types cannot tell, to whoever
prints a table of the keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError, PydanticUndefined

from connector.core.amounts import HUNDRED, ONE
from connector.core.enums import PositionMode, PriceType, TradeType

#: The default of a key that has to be written.
REQUIRED: Any = PydanticUndefined
#: Percent in the file, a fraction in the code: 1 becomes 0.01. Stands behind the bounds, which are in percent.
FRACTION = AfterValidator(lambda percent: percent / HUNDRED)

POSITION_MODES = {"one-way": PositionMode.ONEWAY, "hedge": PositionMode.HEDGE}
PRICE_TYPES = {
    "mid_price": PriceType.MidPrice,
    "last_price": PriceType.LastTrade,
    "last_own_trade_price": PriceType.LastOwnTrade,
    "best_bid": PriceType.BestBid,
    "best_ask": PriceType.BestAsk,
    "custom": PriceType.Custom,
}
_ADDRESS = "such as https://example.org/price"
SIDES = {"buy": TradeType.BUY, "sell": TradeType.SELL}


class Replace(StrEnum):
    """How quotes follow the touch between their ages."""

    OFF = "off"
    #: Each by one change of its price.
    MODIFY = "modify"
    #: Each by a cancel and a new order without waiting, where the budget bears both and nothing of it is filled; else
    #: by a change.
    CANCEL_AND_NEW = "cancel_and_new"


class PriceSource(StrEnum):
    """Where the reference price comes from."""

    CURRENT_MARKET = "current_market"
    EXTERNAL_MARKET = "external_market"
    CUSTOM_API = "custom_api"


@dataclass(frozen=True, slots=True)
class OverrideOrder:
    """One explicit order in place of the ladder."""

    name: str
    trade_type: TradeType
    #: A fraction of the reference price.
    spread: Decimal
    amount: Decimal


def setting(default: object, meaning: str, unit: str = "", bound: str = "") -> Any:
    """A key of the file: its default and unit as written there, and its bound where the type does not tell it."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "bound": bound})


def refuse(rule: str, remedy: str = "", key: str = "", value: str = "") -> PydanticCustomError:
    """A refusal in our own words. `key` and `value` where the rule speaks of more than the key at hand."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "remedy": remedy, "key": key, "value": value})


def pair_named(text: str) -> str:
    """`btc-usdt` becomes `BTC-USDT`."""
    base, dash, quote = text.upper().partition("-")
    if not (base and dash and quote) or "-" in quote or any(letter.isspace() for letter in text):
        raise refuse("must be base and quote joined by a dash", "such as BTC-USDT")
    return text.upper()


def position_mode_named(word: object) -> PositionMode:
    """The mode of that name, in any case of letters."""
    mode = POSITION_MODES.get(str(word).lower())
    if mode is None:
        raise refuse("must be One-way or Hedge")
    return mode


def price_type_named(word: object) -> PriceType:
    """The price of that name; `custom` is what price_source custom_api tells."""
    price = PRICE_TYPES.get(str(word))
    if price is None:
        raise refuse(f"must be one of {', '.join(PRICE_TYPES)}")
    return price


def replace_named(word: object) -> Replace:
    """The way of that name; `true` and `on` are `modify`, `false` is `off`."""
    name = str(word).lower()
    way = {"true": Replace.MODIFY, "on": Replace.MODIFY, "false": Replace.OFF}.get(name)
    if way is not None:
        return way
    if name not in tuple(Replace):
        raise refuse(f"must be one of {', '.join(Replace)}")
    return Replace(name)


def price_source_named(word: object) -> PriceSource:
    if word not in tuple(PriceSource):
        raise refuse(f"must be one of {', '.join(PriceSource)}")
    return PriceSource(str(word))


def pair_or_none(text: str | None) -> str | None:
    return None if text is None else pair_named(text)


def web_address(text: str | None) -> str | None:
    """An address of http or https, with a host and without a name or a password in it."""
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise refuse("is no address", _ADDRESS) from error
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port == 0
        or not (text.isascii() and " " not in text)
    ):
        raise refuse("must be an address of http or https", _ADDRESS)
    if parts.username is not None:
        raise refuse("holds a name or a password, which would stand in the log", "use an address without one")
    return text


def price_limit(price: Decimal) -> Decimal:
    """A price above 0, or -1 for none."""
    if price <= 0 and price != -ONE:
        raise refuse("must be a price > 0, or -1 for none")
    return price


def override_orders(rows: object) -> tuple[OverrideOrder, ...]:
    """`{order_1: [buy, 0.5, 100]}` as orders; nothing or an empty mapping means that the ladder stands."""
    if isinstance(rows, tuple):
        return rows
    if not isinstance(rows, Mapping):
        raise refuse("must be a mapping of names to orders", "such as order_1: [buy, 0.5, 0.01]")
    return tuple(_override_order(str(name), row) for name, row in rows.items())


def _override_order(name: str, row: object) -> OverrideOrder:
    shape = f"{name} must be [buy or sell, spread in %, amount in base units]"
    if isinstance(row, str) or not isinstance(row, Sequence) or len(row) != 3:
        raise refuse(shape, f"such as {name}: [buy, 0.5, 0.01]")
    side, spread, amount = (str(part) for part in row)
    if side not in SIDES:
        raise refuse(f"{shape}; {side} is neither side")
    try:
        percent, base = Decimal(spread), Decimal(amount)
    except InvalidOperation as error:
        raise refuse(f"{shape}; spread and amount are numbers") from error
    if not (percent.is_finite() and 0 < percent < HUNDRED):
        raise refuse(f"{name}'s spread {spread} must be > 0 and < 100 (%)")
    if not (base.is_finite() and base > 0):
        raise refuse(f"{name}'s amount {amount} must be > 0")
    return OverrideOrder(name, SIDES[side], percent / HUNDRED, base)
