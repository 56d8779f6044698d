"""What is sent for each order: position mode x side x action x type, written out from the venue's pages ("New Order",
"New Algo Order", "Change Position Mode", as of 2026-11). What closes all of a position stands below by itself.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from connector.core.amounts import NAN
from connector.core.enums import OrderType, PositionAction, PositionMode, TradeType
from connector.core.order_options import PLAIN, OrderOptions
from connector.core.reports import PositionModeReport
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.orders.quiet_connector import PAIR, SYMBOL

D = Decimal
AMOUNT = D("0.01")
Fields = Mapping[str, str]

#: Mode, action, side: the position that the order is of, and whether it says that it only reduces.
POSITIONS: Final[dict[tuple[str, str, str], Fields]] = {
    ("ONEWAY", "OPEN", "BUY"): {"positionSide": "BOTH"},
    ("ONEWAY", "OPEN", "SELL"): {"positionSide": "BOTH"},
    ("ONEWAY", "NIL", "BUY"): {"positionSide": "BOTH"},
    ("ONEWAY", "NIL", "SELL"): {"positionSide": "BOTH"},
    ("ONEWAY", "CLOSE", "BUY"): {"positionSide": "BOTH", "reduceOnly": "true"},
    ("ONEWAY", "CLOSE", "SELL"): {"positionSide": "BOTH", "reduceOnly": "true"},
    ("HEDGE", "OPEN", "BUY"): {"positionSide": "LONG"},
    ("HEDGE", "OPEN", "SELL"): {"positionSide": "SHORT"},
    ("HEDGE", "NIL", "BUY"): {"positionSide": "LONG"},
    ("HEDGE", "NIL", "SELL"): {"positionSide": "SHORT"},
    ("HEDGE", "CLOSE", "BUY"): {"positionSide": "SHORT"},
    ("HEDGE", "CLOSE", "SELL"): {"positionSide": "LONG"},
}


class Terms(NamedTuple):
    """Of one type and side: what is asked for, and the fields that say so."""

    price: Decimal
    options: OrderOptions
    sent: Fields


def _limit(price: str, force: str) -> Terms:
    return Terms(D(price), PLAIN, {"type": "LIMIT", "timeInForce": force, "price": price})


def _waits(kind: str, trigger: str, price: str = "") -> Terms:
    sent = {"type": kind, "triggerPrice": trigger}
    if price:
        sent |= {"timeInForce": "GTC", "price": price}
    return Terms(D(price or "NaN"), OrderOptions(trigger_price=D(trigger)), sent)


def _trails(start: str) -> Terms:
    sent = {"type": "TRAILING_STOP_MARKET", "callbackRate": "0.5", "activatePrice": start}
    return Terms(NAN, OrderOptions(callback_rate=D("0.5"), activation_price=D(start)), sent)


def _closes_all(kind: str, trigger: str) -> Terms:
    options = OrderOptions(trigger_price=D(trigger), close_position=True)
    return Terms(NAN, options, {"type": kind, "triggerPrice": trigger, "closePosition": "true"})


_MARKET = Terms(NAN, PLAIN, {"type": "MARKET"})
#: By type and side. The mark price is 60,000: triggers lie beyond it on the side that their type speaks of.
TERMS: Final[dict[tuple[str, str], Terms]] = {
    ("LIMIT", "BUY"): _limit("50000", "GTC"),
    ("LIMIT", "SELL"): _limit("70000.5", "GTC"),
    ("MARKET", "BUY"): _MARKET,
    ("MARKET", "SELL"): _MARKET,
    ("LIMIT_MAKER", "BUY"): _limit("50000", "GTX"),
    ("LIMIT_MAKER", "SELL"): _limit("70000", "GTX"),
    ("STOP", "BUY"): _waits("STOP", "70000", "70100"),
    ("STOP", "SELL"): _waits("STOP", "50000", "49000"),
    ("STOP_MARKET", "BUY"): _waits("STOP_MARKET", "70000"),
    ("STOP_MARKET", "SELL"): _waits("STOP_MARKET", "50000"),
    ("TAKE_PROFIT", "BUY"): _waits("TAKE_PROFIT", "50000", "50100"),
    ("TAKE_PROFIT", "SELL"): _waits("TAKE_PROFIT", "70000", "69900"),
    ("TAKE_PROFIT_MARKET", "BUY"): _waits("TAKE_PROFIT_MARKET", "50000"),
    ("TAKE_PROFIT_MARKET", "SELL"): _waits("TAKE_PROFIT_MARKET", "70000"),
    ("TRAILING_STOP_MARKET", "BUY"): _trails("50000"),
    ("TRAILING_STOP_MARKET", "SELL"): _trails("70000"),
}
#: The types that may close all of a position, whatever it is by then.
CLOSING_ALL: Final[dict[tuple[str, str], Terms]] = {
    ("STOP_MARKET", "BUY"): _closes_all("STOP_MARKET", "70000"),
    ("STOP_MARKET", "SELL"): _closes_all("STOP_MARKET", "50000"),
    ("TAKE_PROFIT_MARKET", "BUY"): _closes_all("TAKE_PROFIT_MARKET", "50000"),
    ("TAKE_PROFIT_MARKET", "SELL"): _closes_all("TAKE_PROFIT_MARKET", "70000"),
}


class Case(NamedTuple):
    """One order of the table."""

    mode: PositionMode
    action: PositionAction
    side: TradeType
    order_type: OrderType
    terms: Terms

    @property
    def name(self) -> str:
        all_of_it = " all" if self.terms.options.close_position else ""
        return f"{self.mode.name} {self.action.name}{all_of_it} {self.side.name} {self.order_type.name}"

    @property
    def path(self) -> str:
        return "/fapi/v1/algoOrder" if self.order_type.is_conditional else "/fapi/v1/order"

    @property
    def sent(self) -> dict[str, str]:
        """All fields but its name, its stamps and its proof."""
        fields = {"symbol": SYMBOL, "side": self.side.name, "selfTradePreventionMode": "EXPIRE_MAKER"}
        if self.order_type.is_conditional:
            fields |= {"algoType": "CONDITIONAL", "workingType": "CONTRACT_PRICE"}
        if not self.terms.options.close_position:
            fields["quantity"] = "0.01"
        fields |= {**POSITIONS[self.mode.name, self.action.name, self.side.name], **self.terms.sent}
        if self.terms.options.close_position:
            fields.pop("reduceOnly", None)
        return fields

    def ask(self, connector: PerpetualDerivative) -> None:
        """Places the order in an account of that mode."""
        connector.components.dispatcher.dispatch(PositionModeReport(self.mode))
        place = connector.buy if self.side is TradeType.BUY else connector.sell
        amount = D(0) if self.terms.options.close_position else AMOUNT
        place(PAIR, amount, self.order_type, self.terms.price, position_action=self.action, options=self.terms.options)


def _cases() -> list[Case]:
    found = []
    for mode, action, side in POSITIONS:
        rows = [TERMS, CLOSING_ALL] if action == "CLOSE" else [TERMS]
        found += [
            Case(PositionMode[mode], PositionAction[action], TradeType[side], OrderType[kind], terms)
            for table in rows
            for (kind, of_side), terms in table.items()
            if of_side == side
        ]
    return found


CASES: Final = _cases()
