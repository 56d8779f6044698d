"""What a run's equity did, split by where it came from. The parts add up to the change, to the last digit.

Every trade is set beside the mark price of the moment at which it is heard of:

    spread captured   own trades: what each was better than the mark (a buy below it, a sell above it)
    inventory         what was held, over each move of the mark: the position times the move
    fees, funding     as booked
    others            the exchange's own closings with their fees and what the insurance fund took or gave, trades of
                      others; and of the account as a whole, transfers and what none of them explains (the exchange
                      books to 1e-8)

For a trade at p and a mark m, (m - p) + (m' - m) = m' - p: spread and inventory together are what realised and
unrealised results are, whatever the marks in between were. The parts of several pairs that one asset backs add up.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from connector.core.account_events import ForeignFillEvent, InsuranceClearedEvent, PositionSettledEvent, TransferEvent
from connector.core.amounts import ZERO, plain
from connector.core.event_tags import MarketEvent
from connector.core.events import (
    Event,
    FundingPaymentCompletedEvent,
    LiquidationEvent,
    OrderFilledEvent,
    PositionDriftEvent,
)

#: The parts of `others`, as they are shown.
CLOSED_BY_EXCHANGE, INSURANCE = "closed by the exchange", "insurance fund"
TRADES_OF_OTHERS, TRANSFERS, UNEXPLAINED = "trades of others", "transfers", "not explained"
NO_INSURANCE: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ResultParts:
    """In the margin asset; above 0 the equity gained by it."""

    spread_captured: Decimal = ZERO
    #: Those that the margin asset paid: below 0.
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    inventory: Decimal = ZERO
    #: By its parts, each that is not 0.
    others_by: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def others(self) -> Decimal:
        return sum(self.others_by.values(), ZERO)

    @property
    def change(self) -> Decimal:
        """All of it."""
        return sum(self.parts.values(), ZERO)

    @property
    def parts(self) -> dict[str, Decimal]:
        """What the change is made of, in the order in which it is shown."""
        return {
            "spread captured": self.spread_captured,
            "fees": self.fees,
            "funding": self.funding,
            "inventory": self.inventory,
            "others": self.others,
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "change": plain(self.change),
            **{name.replace(" ", "_"): plain(amount) for name, amount in self.parts.items()},
            "others_by": {name: plain(amount) for name, amount in self.others_by.items()},
        }


@dataclass(frozen=True, slots=True)
class ResultSplit:
    """What the equity that one asset makes up did."""

    asset: str
    equity_start: Decimal
    equity: Decimal
    #: Of all pairs, and of the account as a whole.
    total: ResultParts
    #: Each pair's own.
    by_pair: Mapping[str, ResultParts]

    @property
    def change(self) -> Decimal:
        """Of the equity."""
        return self.equity - self.equity_start

    @property
    def parts(self) -> dict[str, Decimal]:
        """What the change is made of."""
        return self.total.parts

    def to_json(self) -> dict[str, Any]:
        """The pairs stand beside their sum where they are several."""
        several = {pair: row.to_json() for pair, row in self.by_pair.items()} if len(self.by_pair) > 1 else {}
        return {
            "equity_start": plain(self.equity_start),
            "equity": plain(self.equity),
            **self.total.to_json(),
            **({"by_pair": several} if several else {}),
        }


@dataclass(frozen=True, slots=True)
class Worth:
    """Where one pair's worth is asked."""

    #: The mark price of now; NaN before there is one.
    mark: Callable[[], Decimal]
    #: What is held by the exchange's word, signed.
    held: Callable[[], Decimal]
    #: What an amount gained between two prices, in the margin asset: entry, exit, amount.
    gain: Callable[[Decimal, Decimal, Decimal], Decimal]


@dataclass(slots=True)
class PairResult:
    """The parts of one pair's result, kept by events alone."""

    trading_pair: str
    asset: str
    worth: Worth
    #: Payments that were in the wallet when it was opened: whether special, and the number.
    paid_before: frozenset[tuple[bool, str]]
    _spread: Decimal = ZERO
    _fees: Decimal = ZERO
    _funding: Decimal = ZERO
    _inventory: Decimal = ZERO
    _others: dict[str, Decimal] = field(default_factory=dict)
    #: Heard and not booked yet, each with the mark price of its moment and, where the exchange itself acted, what was
    #: held after it.
    _heard: deque[tuple[Event, Decimal, Decimal | None]] = field(default_factory=deque)
    _held: Decimal = field(init=False)
    _mark: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self._held, self._mark = self.worth.held(), self.worth.mark()

    def hear(self, event: Event) -> None:
        """Takes one event; it is booked when the split is asked for, and nobody waits for that."""
        is_forced = isinstance(event, LiquidationEvent | PositionSettledEvent | PositionDriftEvent)
        self._heard.append((event, self.worth.mark(), self.worth.held() if is_forced else None))

    def parts(self, insurance: Decimal | None) -> ResultParts:
        """As things stand."""
        while self._heard:
            event, mark, held = self._heard.popleft()
            self._book(event, mark, ZERO if held is None else held)
        self._move_mark(self.worth.mark())
        if insurance is not None:
            self._others[INSURANCE] = insurance
        others = {name: amount for name, amount in self._others.items() if amount}
        return ResultParts(self._spread, self._fees, self._funding, self._inventory, others)

    def _book(self, event: Event, mark: Decimal, held: Decimal) -> None:
        match event:
            case OrderFilledEvent():
                self._spread += self._trade(event.price, event.amount * event.trade_type.sign, mark)
                self._fees -= self._paid(event)
            case FundingPaymentCompletedEvent():
                is_new = (event.is_special, event.income_id) not in self.paid_before
                self._funding += event.amount if is_new and event.asset in ("", self.asset) else ZERO
            case ForeignFillEvent():
                self._add(TRADES_OF_OTHERS, self._trade(event.price, event.amount * event.trade_type.sign, mark))
            case LiquidationEvent() | PositionSettledEvent():
                self._close(event, mark, held)
            case InsuranceClearedEvent(asset=self.asset):
                self._add(INSURANCE, event.amount)
            case PositionDriftEvent():
                self._move_mark(mark)
                self._held = held
            case _:
                pass

    def _paid(self, event: OrderFilledEvent) -> Decimal:
        return sum((flat.amount for flat in event.trade_fee.flat_fees if flat.token in ("", self.asset)), ZERO)

    def _close(self, event: LiquidationEvent | PositionSettledEvent, mark: Decimal, after: Decimal) -> None:
        """The exchange closed some of what is held; it tells no side, and where price or fee is not known, the wallet
        tells the rest."""
        moved = after - self._held or -self._held
        amount = abs(event.amount).copy_sign(moved)
        price = mark if event.price.is_nan() else event.price
        if not price.is_nan():
            self._add(CLOSED_BY_EXCHANGE, self._trade(price, amount, mark))
        if not event.fee.is_nan():
            self._add(CLOSED_BY_EXCHANGE, -event.fee)

    def _trade(self, price: Decimal, amount: Decimal, mark: Decimal) -> Decimal:
        """A trade of so much, signed: what it was better than the mark."""
        self._move_mark(mark)
        if self._mark.is_nan():
            self._mark = price
        self._held += amount
        return self.worth.gain(price, self._mark, amount)

    def _move_mark(self, mark: Decimal) -> None:
        if mark.is_nan():
            return
        if self._held and not self._mark.is_nan():
            self._inventory += self.worth.gain(self._mark, mark, self._held)
        self._mark = mark

    def _add(self, name: str, amount: Decimal) -> None:
        self._others[name] = self._others.get(name, ZERO) + amount


@dataclass(slots=True)
class ResultBook:
    """What became of the equity that one asset makes up, by the pairs that it backs."""

    asset: str
    #: Each pair that is traded.
    worths: Mapping[str, Worth]
    #: Of the asset and of these pairs, when the book was opened.
    equity_start: Decimal
    #: Payments that were in the wallet by then: whether special, and the number.
    paid_before: frozenset[tuple[bool, str]] = frozenset()
    _transfers: Decimal = ZERO
    _pairs: dict[str, PairResult] = field(init=False)

    TAGS: ClassVar[tuple[MarketEvent, ...]] = (
        MarketEvent.OrderFilled,
        MarketEvent.FundingPaymentCompleted,
        MarketEvent.Liquidation,
        MarketEvent.PositionSettled,
        MarketEvent.InsuranceCleared,
        MarketEvent.ForeignFill,
        MarketEvent.Transfer,
        MarketEvent.PositionDrift,
    )

    def __post_init__(self) -> None:
        self._pairs = {
            pair: PairResult(pair, self.asset, worth, self.paid_before) for pair, worth in self.worths.items()
        }

    def on_event(self, event: Event) -> None:
        """Takes one event; those of pairs that nobody trades here stay in what is not explained."""
        if isinstance(event, TransferEvent):
            self._transfers += event.amount if event.asset == self.asset else ZERO
            return
        pair = self._pairs.get(getattr(event, "trading_pair", ""))
        if pair is not None:
            pair.hear(event)

    def split(
        self, wallet: Decimal, unrealized_pnl: Decimal, insurance: Mapping[str, Decimal] = NO_INSURANCE
    ) -> ResultSplit:
        """As things stand, with the wallet and the unrealised result of this moment. `insurance`: what the account book
        says of it by pair, where it was asked: events of it come up to a minute later."""
        by_pair = {name: pair.parts(insurance.get(name)) for name, pair in self._pairs.items()}
        rows, equity = by_pair.values(), wallet + unrealized_pnl
        others: dict[str, Decimal] = {}
        for name, amount in (item for row in rows for item in row.others_by.items()):
            others[name] = others.get(name, ZERO) + amount
        known = sum((row.change for row in rows), ZERO) + self._transfers
        others |= {TRANSFERS: self._transfers, UNEXPLAINED: equity - self.equity_start - known}
        total = ResultParts(
            sum((row.spread_captured for row in rows), ZERO),
            sum((row.fees for row in rows), ZERO),
            sum((row.funding for row in rows), ZERO),
            sum((row.inventory for row in rows), ZERO),
            {name: amount for name, amount in others.items() if amount},
        )
        return ResultSplit(self.asset, self.equity_start, equity, total, by_pair)
