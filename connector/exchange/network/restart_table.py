"""What a start found at the exchange, as one table: whose an order is, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from connector.core.amounts import plain
from connector.core.enums import OrderType
from connector.core.order_options import OrderOptions
from connector.core.reports import OrderReport
from connector.orders.in_flight_order import InFlightOrder


class Whose(StrEnum):
    """Whose order it is."""

    #: The journal knows it.
    OWN = "own"
    #: It has our tag, and the journal does not know it.
    EARLIER_LIFE = "of an earlier life"
    FOREIGN = "foreign"


class Outcome(StrEnum):
    """What was done about it."""

    KEPT = "kept"
    ADOPTED = "adopted"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class RestartRow:
    """One order."""

    whose: Whose
    symbol: str
    client_order_id: str
    #: Side, amount and price, in words.
    order: str
    outcome: Outcome
    #: How it ended, or why it was kept; empty where the outcome says all.
    detail: str = ""


@dataclass(slots=True)
class RestartTable:
    """Every order that was found open, or that an earlier life left unsettled."""

    #: How many lives the journal knew before this one.
    lives: int
    #: Places of the journal that can't be read.
    damage: tuple[str, ...] = ()
    rows: list[RestartRow] = field(default_factory=list)
    #: Trades and payments that happened while nothing of ours ran, and were told now.
    trades_told: int = 0
    payments_told: int = 0
    #: Amounts by symbol, as the exchange has them.
    positions: tuple[tuple[str, Decimal], ...] = ()

    def count(self, outcome: Outcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to look at: earlier lives, or orders of anyone."""
        return bool(self.lives or self.rows)

    @property
    def headline(self) -> str:
        """The table in one line."""
        counts = ", ".join(f"{self.count(outcome)} {outcome}" for outcome in Outcome if self.count(outcome))
        held = ", ".join(f"{symbol} {plain(amount)}" for symbol, amount in self.positions)
        told = f"; {self.trades_told} fills and {self.payments_told} funding payments told that nobody had heard of"
        return (
            f"restart after {self.lives} earlier {'life' if self.lives == 1 else 'lives'}: orders {counts or 'none'}; "
            f"positions {held or 'none'}{told if self.trades_told or self.payments_told else ''}"
        )


def words_of(report: OrderReport) -> str:
    """An order that is known by the exchange's list alone."""
    side = report.trade_type.name if report.trade_type else "order of"
    amount = "?" if report.amount is None else plain(report.amount)
    told = report.conditional
    if told is None:
        return f"{side} {amount}" + (f" at {plain(report.price)}" if report.price else "")
    return f"{side} {_conditional_words(told.order_type, told.options, report.amount, report.price)}"


def words_of_order(order: InFlightOrder) -> str:
    """An order that the journal knows."""
    if order.trigger is not None:
        words = _conditional_words(order.order_type, order.options, order.amount, order.price)
        return f"{order.trade_type.name} {words}"
    return f"{order.trade_type.name} {plain(order.amount)}" + (f" at {plain(order.price)}" if order.price else "")


def _conditional_words(
    order_type: OrderType | None, options: OrderOptions, amount: Decimal | None, price: Decimal | None
) -> str:
    """What waits for what."""
    kind = "conditional" if order_type is None else order_type.name
    words = f"{'the position' if options.close_position or not amount else plain(amount)} {kind}"
    if options.trigger_price is not None:
        words += f" at a trigger of {plain(options.trigger_price)}"
    if options.callback_rate is not None:
        words += f" with a callback of {plain(options.callback_rate)} %"
    return words + (f", limit {plain(price)}" if price else "")


def row_of_end(order: InFlightOrder, outcome: Outcome) -> RestartRow:
    """An order of the journal that is over."""
    executed = plain(order.executed_amount)
    filled = f", {executed} filled" if order.executed_amount else ""
    detail = f"{order.state.value.lower()}{filled}"
    return RestartRow(Whose.OWN, order.symbol, order.client_order_id, words_of_order(order), outcome, detail)


def foreign_rows(reports: Iterable[OrderReport]) -> list[RestartRow]:
    """Orders of others, which are never touched."""
    return [
        RestartRow(
            Whose.FOREIGN, report.symbol, report.client_order_id, words_of(report), Outcome.KEPT, "never touched"
        )
        for report in reports
    ]
