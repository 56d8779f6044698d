"""What an order may ask for beside side, amount, type and price, and how that is kept as one text."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final, get_type_hints

from connector.core.enums import PriceMatch, SelfTradePrevention, TimeInForce, WorkingType


@dataclass(frozen=True, slots=True)
class OrderOptions:
    """An order's options. Prices in the quote asset; None: not asked for."""

    #: None: GTC, of a LIMIT_MAKER GTX.
    time_in_force: TimeInForce | None = None
    #: Of GTD: by the venue's clock, in ms; seconds count.
    good_till_ms: int | None = None
    #: In place of a price, which is then learned from the venue.
    price_match: PriceMatch | None = None
    #: None: as the connector's setting says.
    self_trade_prevention: SelfTradePrevention | None = None
    #: Of conditional orders but a trailing stop, which follows the price by its callback rate.
    trigger_price: Decimal | None = None
    working_type: WorkingType = WorkingType.CONTRACT_PRICE
    #: Not to fire while mark and last price are far apart.
    price_protect: bool = False
    #: To close all of the position, whatever it is by then: such an order has no amount of its own.
    close_position: bool = False
    #: Of a trailing stop: it follows from there on; None: at once.
    activation_price: Decimal | None = None
    #: In percent.
    callback_rate: Decimal | None = None


PLAIN: Final = OrderOptions()
_HINTS: Final = get_type_hints(OrderOptions)
_FIELDS: Final = tuple(row.name for row in fields(OrderOptions))


def spelt(options: OrderOptions) -> str:
    """The options as one text, which `options_of` reads; empty where none is asked for."""
    if options is PLAIN:
        return ""
    asked = {name: getattr(options, name) for name in _FIELDS}
    return " ".join(f"{name}={value}" for name, value in asked.items() if value != getattr(PLAIN, name))


def options_of(text: str) -> OrderOptions:
    """The options that `spelt` wrote. Raises KeyError, ValueError or decimal.InvalidOperation for another text."""
    if not text:
        return PLAIN
    asked: dict[str, Any] = {}
    for part in text.split(" "):
        name, _, value = part.partition("=")
        asked[name] = _value(_HINTS[name], value)
    return OrderOptions(**asked)


def _value(hint: Any, text: str) -> object:
    kind = next((part for part in getattr(hint, "__args__", (hint,)) if part is not type(None)), hint)
    return {"True": True, "False": False}[text] if kind is bool else kind(text)
