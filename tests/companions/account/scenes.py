"""An account for tests: BTC-USDT and ETH-USDT are traded, SOLUSDT is someone else's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import count
from types import SimpleNamespace

from connector.account.budget_checker import BudgetChecker
from connector.account.funding_payments import FundingPayments
from connector.account.ledger import Ledger, LedgerNames
from connector.account.margin_state import BudgetSources
from connector.account.order_cost import MarketPrices
from connector.account.position_drift import PositionDrift
from connector.core.enums import MarginType, OrderType, PositionAction, PositionMode, PositionSide, TradeType
from connector.core.events import Event
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    LeverageReport,
    PositionModeReport,
    PositionReport,
    ReportSource,
)
from connector.core.trading_rule import TradingRule
from connector.orders.changes import Change
from connector.venue.contracts import LINEAR
from tests.companions.sample_rules import rule_of

ZERO = Decimal(0)
BUY, SELL = TradeType.BUY, TradeType.SELL
BOTH, LONG, SHORT = PositionSide.BOTH, PositionSide.LONG, PositionSide.SHORT
PAIR_OF = {"BTCUSDT": "BTC-USDT", "ETHUSDT": "ETH-USDT"}
FLAT_PRICES = MarketPrices(mark=Decimal(100), last=Decimal(99), best_bid=Decimal(99), best_ask=Decimal(101))


_NUMBERS = count()


def rule(trading_pair: str) -> TradingRule:
    return rule_of(
        trading_pair,
        step_size=Decimal("0.1"),
        min_amount=Decimal("0.1"),
        market_step_size=Decimal("0.5"),
        min_notional=Decimal(5),
        min_price=ZERO,
        max_amount=ZERO,
    )


def new_ledger() -> Ledger:
    names = LedgerNames("local", PAIR_OF.get)
    return Ledger(names, FundingPayments(), PositionDrift())


def balance(wallet: str, asset: str = "USDT", change: str = "0", available: str | None = None) -> BalanceReport:
    free = None if available is None else Decimal(available)
    return BalanceReport(asset, Decimal(wallet), Decimal(wallet), Decimal(change), free)


def position(amount: str, symbol: str = "BTCUSDT", side: PositionSide = BOTH, entry: str = "100") -> PositionReport:
    return PositionReport(symbol, side, Decimal(amount), Decimal(entry), ZERO, MarginType.CROSSED)


def isolated(row: PositionReport) -> PositionReport:
    return replace(row, margin_type=MarginType.ISOLATED)


def account(
    time_ms: int,
    balances: Sequence[BalanceReport] = (),
    positions: Sequence[PositionReport] = (),
    *,
    reason: str = "ORDER",
    funding_symbol: str = "",
) -> AccountReport:
    return AccountReport(
        ReportSource.STREAM, reason, time_ms, tuple(balances), tuple(positions), funding_symbol=funding_symbol
    )


def snapshot(
    time_ms: int, balances: Sequence[BalanceReport] = (), positions: Sequence[PositionReport] = ()
) -> AccountReport:
    return AccountReport(ReportSource.QUERY, "", time_ms, tuple(balances), tuple(positions), complete=True)


def names(events: tuple[Event, ...]) -> list[str]:
    return [event.tag.name for event in events]


@dataclass
class Working:
    trade_type: TradeType
    claimed_amount: Decimal
    price: Decimal | None
    position_action: PositionAction = PositionAction.OPEN
    trading_pair: str = "BTC-USDT"
    client_order_id: str = field(default_factory=lambda: f"order-{next(_NUMBERS)}")
    is_open: bool = True
    ghost: bool = False
    cancel_wanted: bool = False
    cancel_requested_ms: int | None = None
    change: Change | None = None
    waits_for_trigger: bool = False


def working(
    trade_type: TradeType,
    amount: str,
    price: str | None,
    action: PositionAction = PositionAction.OPEN,
    trading_pair: str = "BTC-USDT",
) -> Working:
    return Working(trade_type, Decimal(amount), None if price is None else Decimal(price), action, trading_pair)


def candidate(
    side: TradeType,
    amount: str,
    price: str = "100",
    *,
    closes: bool = False,
    order_type: OrderType = OrderType.LIMIT,
    trading_pair: str = "BTC-USDT",
) -> PerpetualOrderCandidate:
    return PerpetualOrderCandidate(
        trading_pair=trading_pair,
        is_maker=order_type is OrderType.LIMIT,
        order_type=order_type,
        order_side=side,
        amount=Decimal(amount),
        price=Decimal(price),
        position_close=closes,
    )


@dataclass
class Desk:
    """A ledger, orders, prices that can be set, and the budget over them; no fees unless set."""

    ledger: Ledger = field(default_factory=new_ledger)
    prices: dict[str, MarketPrices] = field(default_factory=lambda: {"BTC-USDT": FLAT_PRICES, "ETH-USDT": FLAT_PRICES})
    fee_rate: Decimal = ZERO
    rule_of: Callable[[str], TradingRule] = rule

    @cached_property
    def sources(self) -> BudgetSources:
        rules = {pair: self.rule_of(pair) for pair in PAIR_OF.values()}
        return BudgetSources(
            contract=LINEAR,
            rules=rules,
            working_orders=lambda: (),
            prices_of=self.prices.__getitem__,
            fee_rate=lambda trading_pair: self.fee_rate,
            pair_of=PAIR_OF.get,
        )

    @cached_property
    def budget(self) -> BudgetChecker:
        return BudgetChecker(self.ledger, self.sources)

    def order(self, order: Working) -> Working:
        """An order that is tracked."""
        self.budget.take_order(order)
        return order

    def end(self, order: Working) -> None:
        """An order that is gone."""
        order.is_open = False
        self.budget.take_order(order)

    def mark(self, price: str, trading_pair: str = "BTC-USDT") -> None:
        """The pair's mark price moves, and the feed tells it."""
        self.prices[trading_pair] = replace(self.prices[trading_pair], mark=Decimal(price))
        self.budget.take_mark(SimpleNamespace(trading_pair=trading_pair))  # type: ignore[arg-type]


def desk_with(
    wallet: str,
    *positions: PositionReport,
    leverage: int = 10,
    max_notional: str | None = None,
    mode: PositionMode = PositionMode.ONEWAY,
) -> Desk:
    desk = Desk()
    desk.ledger.apply(PositionModeReport(mode), 0)
    desk.ledger.apply(snapshot(1_000, [balance(wallet)], positions), 1_000)
    most = None if max_notional is None else Decimal(max_notional)
    for symbol in PAIR_OF:
        desk.ledger.apply(LeverageReport(symbol, leverage, most), 1_000)
    return desk
