"""The settings of limits, which all strategies of a process share. Each is `off`, or a bound."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_OFF: Final = "off"
_MOST_DIGITS: Final = 18
_POSITION: Final = re.compile(r"([0-9.]+)(?: ([^\s,]+))?")


@dataclass(frozen=True, slots=True)
class Position:
    """The value of `max_position`: by base asset, of every other by the empty name."""

    by_base: Mapping[str, Decimal]

    def __str__(self) -> str:
        rows = [f"{amount} {base}".strip() for base, amount in self.by_base.items()]
        return ", ".join(rows) or _OFF


@dataclass(frozen=True, slots=True)
class Loss:
    """The value of a loss limit: an amount of the margin asset, or a percentage of the equity at first."""

    figure: Decimal
    is_share: bool

    def __str__(self) -> str:
        return f"{self.figure} %" if self.is_share else str(self.figure)


@dataclass(frozen=True, slots=True)
class Amount:
    """The value of a limit that is a number; None is `off`."""

    figure: Decimal | None = None

    def __str__(self) -> str:
        return _OFF if self.figure is None else str(self.figure)


def _refusal(rule: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "remedy": remedy, "value": ""})


def _number(text: str, remedy: str, most: int = 10**_MOST_DIGITS) -> Decimal:
    rule = "must be off, or a number > 0" + ("" if most == 10**_MOST_DIGITS else f" and ≤ {most}")
    try:
        number = Decimal(text) if len(text) <= 2 * _MOST_DIGITS else Decimal(0)
    except InvalidOperation:
        raise _refusal(rule, remedy) from None
    if not (number.is_finite() and 0 < number <= most):
        raise _refusal(rule, remedy)
    return number


def _position(value: object) -> Position:
    if isinstance(value, Position):
        return value
    if str(value) == _OFF:
        return Position({})
    rows: dict[str, Decimal] = {}
    for part in str(value).split(","):
        match = _POSITION.fullmatch(part.strip())
        if match is None or (match[2] or "") in rows:
            raise _refusal("must be off, or amounts > 0, each with its base asset", "such as 0.5 BTC, 4 ETH")
        rows[match[2] or ""] = _number(match[1], "such as 0.5 BTC, 4 ETH")
    return Position(rows)


def _amount(value: object) -> Amount:
    if isinstance(value, Amount):
        return value
    return Amount(None) if str(value) == _OFF else Amount(_number(str(value), "such as 20000, or off"))


def _percent(value: object) -> Amount:
    if isinstance(value, Amount):
        return value
    return Amount(None) if str(value) == _OFF else Amount(_number(str(value), "such as 10, or off", most=100))


def _count(value: object) -> int | None:
    if value is None or str(value) == _OFF:
        return None
    number = _number(str(value), "such as 600, or off", most=1_000_000)
    if number != number.to_integral_value():
        raise _refusal("must be off, or a whole number", "such as 600, or off")
    return int(number)


def _loss(value: object) -> Loss | None:
    if value is None or isinstance(value, Loss):
        return value
    text = str(value).strip()
    if text == _OFF:
        return None
    is_share, remedy = text.endswith("%"), "such as 500, 5 %, or off"
    return Loss(_number(text.removesuffix("%").strip(), remedy, 100 if is_share else 10**_MOST_DIGITS), is_share)


def _limit(default: object, meaning: str, bound: str, unit: str = "", written: str = _OFF) -> Any:
    """`written`: the default as it stands in a file."""
    return Field(default, description=meaning, json_schema_extra={"bound": bound, "unit": unit, "default": written})


class RiskSettings(BaseModel):
    """The part of a file that says what must not be passed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_position: Annotated[Position, BeforeValidator(_position)] = _limit(
        Position({}),
        "the largest position, all that rests on its side counted as filled: `0.5 BTC, 4 ETH`, by base asset, or one "
        "number for every pair",
        "off, or amounts > 0",
        "base",
    )
    max_position_notional: Annotated[Amount, BeforeValidator(_amount)] = _limit(
        Amount(), "the same of each position's value, at mark", "off, or a number > 0", "quote"
    )
    max_open_orders_notional: Annotated[Amount, BeforeValidator(_amount)] = _limit(
        Amount(),
        "what all open orders that open may come to, of all pairs together",
        "off, or a number > 0",
        "quote",
    )
    max_order_rate: Annotated[int | None, BeforeValidator(_count)] = _limit(
        None,
        "new orders and changes in any minute; cancels are not counted, and what closes is counted and never refused",
        "off, or a whole number > 0",
        "a minute",
    )
    max_loss_of_day: Annotated[Loss | None, BeforeValidator(_loss)] = _limit(
        None,
        "how far the equity (wallet and unrealised result at mark) may fall below that of the day's start, by UTC; it "
        "outlives a restart",
        "off, an amount > 0, or a percentage of that equity such as 5 %",
        "margin asset",
    )
    max_loss_of_run: Annotated[Loss | None, BeforeValidator(_loss)] = _limit(
        None,
        "the same of the run's start",
        "off, an amount > 0, or a percentage of that equity such as 5 %",
        "margin asset",
    )
    max_drawdown: Annotated[Amount, BeforeValidator(_percent)] = _limit(
        Amount(), "how far the equity may fall below the highest of the run", "off, or a number > 0 and ≤ 100", "%"
    )
    min_liquidation_distance: Annotated[Amount, BeforeValidator(_percent)] = _limit(
        Amount(),
        "while a position's liquidation price is nearer to mark than this no order leaves that would enlarge it",
        "off, or a number > 0 and ≤ 100",
        "% of mark",
    )
    on_risk_limit: Literal["stop", "close"] = _limit(
        "stop",
        "what follows when a loss limit strikes: `stop` lets no order leave any more that opens, and cancels those "
        "that rest; `close` closes the position, too, and ends the run; exit code 9 in either case",
        "stop or close",
        written="stop",
    )
