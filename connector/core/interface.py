"""The exchange interface that a bot programs against.

Names and signatures are those that Hummingbot's bots call. `buy` and `sell` return the client order id at once;
what becomes of the order arrives as events. Nothing here does I/O: the file only declares.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from connector.core.amounts import NAN
from connector.core.candidates import PerpetualOrderCandidate
from connector.core.enums import BookState, OrderType, PositionAction, PositionMode, PriceType
from connector.core.events import Event, MarketEvent
from connector.core.funding_info import FundingInfo
from connector.core.intents import OrderIntent
from connector.core.position import Position
from connector.core.trading_rule import TradingRule

Listener = Callable[[Event], None]


class OrderBookRow(NamedTuple):
    """One price level."""

    price: float
    amount: float
    update_id: int


class ClientOrderBookQueryResult(NamedTuple):
    """The answer to a question about a price or a volume; what the book cannot answer is NaN."""

    query_price: float
    query_volume: float
    result_price: float
    result_volume: float


@dataclass(frozen=True, slots=True)
class CancellationResult:
    """What became of one cancel: `success` only when the venue confirmed that the order is gone."""

    order_id: str
    success: bool


@dataclass(frozen=True, slots=True)
class GateStatus:
    """One condition of `ready`: whether it holds, how old its last sign of life is, and what went wrong last."""

    holds: bool
    age_ms: int | None
    last_error: str
    waits_for: str


class OrderBookView(Protocol):
    """One pair's book. Floats for speed; `best_bid` and `best_ask` are exact `(price, amount)` or None."""

    @property
    def state(self) -> BookState: ...
    @property
    def best_bid(self) -> tuple[Decimal, Decimal] | None: ...
    @property
    def best_ask(self) -> tuple[Decimal, Decimal] | None: ...
    @property
    def last_trade_price(self) -> float: ...
    @property
    def last_diff_uid(self) -> int: ...
    @property
    def snapshot_uid(self) -> int: ...
    @property
    def snapshot(self) -> tuple[Any, Any]:
        """Bids and asks as two pandas frames with the columns price, amount, update_id."""
        ...

    def get_price(self, is_buy: bool) -> float: ...
    def get_price_for_volume(self, is_buy: bool, volume: float) -> ClientOrderBookQueryResult: ...
    def get_vwap_for_volume(self, is_buy: bool, volume: float) -> ClientOrderBookQueryResult: ...
    def get_price_for_quote_volume(self, is_buy: bool, quote_volume: float) -> ClientOrderBookQueryResult: ...
    def get_volume_for_price(self, is_buy: bool, price: float) -> ClientOrderBookQueryResult: ...
    def get_quote_volume_for_price(self, is_buy: bool, price: float) -> ClientOrderBookQueryResult: ...
    def bid_entries(self) -> Iterator[OrderBookRow]: ...
    def ask_entries(self) -> Iterator[OrderBookRow]: ...


class BudgetCheckerView(Protocol):
    """Says whether orders can be paid for, leverage and position mode considered."""

    def adjust_candidates(
        self, order_candidates: Sequence[PerpetualOrderCandidate], all_or_none: bool = True
    ) -> list[PerpetualOrderCandidate]:
        """The candidates with payable amounts: as asked or 0 (`all_or_none`), else cut to what is payable."""
        ...

    def adjust_candidate(
        self, order_candidate: PerpetualOrderCandidate, all_or_none: bool = True
    ) -> PerpetualOrderCandidate: ...


class Exchange(Protocol):
    """A derivative exchange, as a strategy's bot knows it. Pairs are `BTC-USDT`, amounts `Decimal`."""

    # What it is and whether it can be trusted now.
    @property
    def name(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def trading_pairs(self) -> list[str]: ...
    @property
    def ready(self) -> bool: ...
    @property
    def status_dict(self) -> dict[str, bool]: ...
    @property
    def status_report(self) -> Mapping[str, GateStatus]: ...

    async def start_network(self) -> None: ...
    async def stop_network(self) -> None: ...
    async def check_network(self) -> bool: ...

    # Orders.
    def buy(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = NAN,
        *,
        position_action: PositionAction = PositionAction.OPEN,
    ) -> str: ...
    def sell(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = NAN,
        *,
        position_action: PositionAction = PositionAction.OPEN,
    ) -> str: ...
    def cancel(self, trading_pair: str, client_order_id: str) -> str: ...
    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]: ...
    def batch_order_create(self, orders_to_create: Sequence[OrderIntent]) -> list[str]: ...
    def batch_order_cancel(self, orders_to_cancel: Sequence[tuple[str, str]]) -> None: ...

    # The market.
    def get_order_book(self, trading_pair: str) -> OrderBookView: ...
    def get_price(self, trading_pair: str, is_buy: bool) -> Decimal: ...
    def get_price_by_type(self, trading_pair: str, price_type: PriceType) -> Decimal: ...
    def get_mid_price(self, trading_pair: str) -> Decimal: ...
    def get_funding_info(self, trading_pair: str) -> FundingInfo: ...
    @property
    def trading_rules(self) -> Mapping[str, TradingRule]: ...
    def quantize_order_price(self, trading_pair: str, price: Decimal) -> Decimal: ...
    def quantize_order_amount(self, trading_pair: str, amount: Decimal) -> Decimal: ...

    # The account.
    def get_balance(self, currency: str) -> Decimal: ...
    def get_available_balance(self, currency: str) -> Decimal: ...
    @property
    def account_positions(self) -> dict[str, Position]: ...
    @property
    def budget_checker(self) -> BudgetCheckerView: ...
    async def set_leverage(self, trading_pair: str, leverage: int) -> None: ...
    def get_leverage(self, trading_pair: str) -> int: ...
    async def set_position_mode(self, mode: PositionMode) -> None: ...
    @property
    def position_mode(self) -> PositionMode: ...

    # Events, and what a bot keeps over a restart.
    def add_listener(self, event_tag: MarketEvent, listener: Listener) -> None: ...
    def remove_listener(self, event_tag: MarketEvent, listener: Listener) -> None: ...
    @property
    def tracking_states(self) -> dict[str, Any]: ...
    def restore_tracking_states(self, saved_states: Mapping[str, Any]) -> None: ...
