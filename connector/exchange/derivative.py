"""The connector, as a bot knows it: every call of the exchange interface, answered by the components.

Nothing is decided here. Orders go to `orders`, the market's state is in `market_data`, the account's in `account`,
start, stop and tasks in `network`; `assemble` shows how they hang together.
"""

import asyncio
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from connector.account.budget_checker import BudgetChecker
from connector.core.amounts import NAN, ZERO
from connector.core.enums import OrderType, OrderWay, PositionAction, PriceType, StreamKind, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ArgumentFault, ConnectorFault, UnavailableFault
from connector.core.funding_info import FundingInfo, FundingTerms
from connector.core.intents import OrderIntent
from connector.core.interface import (
    CancellationResult,
    GateStatus,
    Listener,
    Look,
    MarketDataView,
    NeedsLook,
    OrderBookView,
)
from connector.core.order_options import PLAIN, OrderOptions
from connector.core.position import Position
from connector.core.trade_fee import CommissionRate
from connector.core.trading_rule import TradingRule
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.account_calls import AccountCalls
from connector.exchange.history_calls import HistoryCalls
from connector.exchange.margin_calls import MarginCalls
from connector.exchange.market_data.market_history import MarketHistory
from connector.exchange.network import trading_pairs
from connector.exchange.network.components import Components
from connector.exchange.network.feed_report import FeedReport, feed_report
from connector.exchange.network.restart_table import RestartTable
from connector.exchange.network.start import read_start, works
from connector.exchange.order_calls import OrderCalls
from connector.exchange.orders.quick_entry import new_intent
from connector.net.limits.throttle import Use
from connector.orders.in_flight_order import InFlightOrder
from connector.risk.limit_row import LimitRow

_STEP_S = 0.02


class PerpetualDerivative(OrderCalls, AccountCalls, MarginCalls, HistoryCalls):
    """Satisfies `core.interface.Exchange`. Build it by `assemble`, then `start_network`."""

    def __init__(self, components: Components, history: MarketHistory) -> None:
        super().__init__(components)
        self.history = history
        #: What the start found of earlier lives; None before it, and without a journal.
        self.restart_table: RestartTable | None = None

    # What it is, and whether it can be trusted now.

    @property
    def name(self) -> str:
        return self._components.gateway.domain.name

    @property
    def domain(self) -> str:
        return self._components.gateway.domain.name

    @property
    def trading_pairs(self) -> list[str]:
        return list(self._components.pair_rules.trading_pairs)

    @property
    def ready(self) -> bool:
        return self._components.gates.ready

    @property
    def status_dict(self) -> dict[str, bool]:
        return self._components.gates.status

    @property
    def status_report(self) -> Mapping[str, GateStatus]:
        return self._components.gates.report()

    def market_trouble(self, trading_pair: str) -> str:
        """Why a pair's book, mark price or funding can't be believed now, in words; empty while they can. Raises
        `ArgumentFault` for a pair that is not traded."""
        return self._components.liveness.trouble_of(self._components.prices.feed_of(trading_pair))

    @property
    def components(self) -> Components:
        """What it is assembled of, for whoever tests or extends the connector; no part of the interface."""
        return self._components

    @property
    def venue_api(self) -> VenueApi:
        """What the venue itself answers when asked, as reports: slow truth, beside all that is tracked here."""
        return self._components.api

    @property
    def openings_stopped(self) -> str:
        """Why no order that opens would be sent though the connector is ready; empty while they go."""
        trouble = self._components.journaling.journal.trouble
        return f"the journal can't be written: {trouble}" if trouble else self.openings.reason

    def is_own(self, client_order_id: str) -> bool:
        """Whether an order is ours by its client id, of this life or an earlier one."""
        return self._components.ids.is_own(client_order_id)

    def venue_time_ms(self) -> int:
        """The venue's clock, as last measured."""
        return self._components.gateway.venue_ms()

    def stream_ages_ms(self) -> dict[StreamKind, int | None]:
        """How long ago each kind of stream last spoke; None before it ever did."""
        return self._components.liveness.ages_ms(self._components.clock.monotonic_ms())

    def feed_report(self) -> FeedReport:
        """What happened to the market data since the start."""
        return feed_report(self._components)

    def limit_use(self) -> tuple[Use, ...]:
        """How full the rate limits are."""
        return self._components.gateway.throttle.use(self._components.gateway.venue_ms())

    def order_way(self) -> tuple[OrderWay, str]:
        """By which interface an order would go now, and why not by the one that is wanted; empty where it is."""
        return self._components.order_way.way()

    def silent_until_ms(self) -> int | None:
        """Until when the exchange wants silence, by its own clock; None where it does not."""
        return self._components.gateway.silent_until_ms()

    def new_orders_wait_ms(self) -> int:
        """How long the exchange wants no new orders of this account; cancels go on. 0 where it takes them."""
        return self._components.gateway.throttle.account.pause.wait_ms(self._components.clock.monotonic_ms())

    async def start_network(self) -> None:
        """Reads rules and account, deals with orders of earlier lives, then listens. Raises `ConnectorFault`."""
        self.restart_table = await read_start(self._components)
        await self._components.tasks.start(works(self._components))

    async def stop_network(self) -> None:
        """Ends every task and connection. Orders stay as they are: cancel them before."""
        await self._components.switch.end()
        await self._components.tasks.stop()
        self._components.gates.shut_all("stopped")
        await self._components.http.close()

    async def wait_until_ready(self, timeout_s: float = 30.0) -> None:
        """Waits until `ready`. Raises `UnavailableFault` that names what is missing when the time is up, and what
        ended the connector's tasks, if a defect did."""
        clock = self._components.clock
        deadline_ms = clock.monotonic_ms() + round(timeout_s * 1000)
        while not self.ready:
            self.raise_if_broken()
            if clock.monotonic_ms() > deadline_ms:
                raise UnavailableFault(f"not ready within {timeout_s:g} s: {self._components.gates.waiting()}")
            await asyncio.sleep(_STEP_S)

    async def add_trading_pair(self, trading_pair: str) -> bool:
        """Trades a further pair; False when it is traded already. `ready` waits for its book. Raises
        `ConfigFault` for a pair that the exchange does not list."""
        return await trading_pairs.add(self._components, trading_pair)

    async def remove_trading_pair(self, trading_pair: str) -> bool:
        """Trades a pair no more; False where it is not traded, or something of ours is at stake there."""
        return trading_pairs.remove(self._components, trading_pair)

    def raise_if_broken(self) -> None:
        """Raises what ended the connector's tasks, if a defect did: nothing goes on half alive."""
        self._components.tasks.raise_if_broken()

    async def check_network(self) -> bool:
        """Whether the exchange answers now; it is not asked while it wants silence."""
        if self.silent_until_ms() is not None:
            return False
        try:
            await self._components.gateway.measure_clock(samples=1)
        except ConnectorFault:
            return False
        return True

    # Orders.

    def buy(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = NAN,
        *,
        position_action: PositionAction = PositionAction.OPEN,
        options: OrderOptions = PLAIN,
    ) -> str:
        """Asks for a buy and returns its client order id at once; what becomes of it arrives as events.

        Raises `ArgumentFault` that names the argument which can be no part of an order.
        """
        wanted = None if _is_absent(price) else price
        side = TradeType.BUY
        return self.place(new_intent(trading_pair, side, order_type, amount, wanted, position_action, options))

    def sell(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = NAN,
        *,
        position_action: PositionAction = PositionAction.OPEN,
        options: OrderOptions = PLAIN,
    ) -> str:
        """Asks for a sell, as `buy` does."""
        wanted = None if _is_absent(price) else price
        side = TradeType.SELL
        return self.place(new_intent(trading_pair, side, order_type, amount, wanted, position_action, options))

    def place(self, intent: OrderIntent) -> str:
        """Places one order and returns its client order id at once; over the WS-API it has left by then, where that can
        be. Raises `ArgumentFault`."""
        return self._components.entry.submit_at_once(intent).client_order_id

    def cancel(self, trading_pair: str, client_order_id: str) -> str:
        """Asks for a cancel and returns the id; an order that is over is left alone. Raises `ArgumentFault` for an id
        that this connector never gave."""
        order = self._components.tracker.order(client_order_id)
        if order is not None:
            self._components.entry.cancels.request(order)
        elif not self._components.ids.is_own(client_order_id):
            raise ArgumentFault("client_order_id", client_order_id, "is no order of this connector")
        return client_order_id

    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]:
        """Cancels every order of ours and waits until the exchange confirmed that it is gone, or time is up."""
        return await self._components.cancellation.cancel_all(timeout_seconds)

    async def sweep(self, is_ours: Callable[[str], bool]) -> tuple[str, ...]:
        """Cancels every open order of the traded pairs that is ours by its client id, tracked or not; returns the ids
        of those that may still be open. Raises `ConnectorFault` when the exchange's list can't be had."""
        return await self._components.cancellation.sweep(is_ours)

    async def cancel_whatever_broke(self, is_ours: Callable[[str], bool], within_s: float) -> list[str]:
        """The last act: cancels own orders by the ids we know and by the exchange's list; returns the client ids of
        those that may still live. Needs no running task, and raises nothing."""
        return await self._components.last_act.cancel_all(self._components.feed.symbols, is_ours, within_s)

    def risk_limits(self) -> tuple[LimitRow, ...]:
        """Use and bound of each of the user's limits that is on."""
        return self._components.risk.rows()

    @property
    def refusals(self) -> Mapping[int, int]:
        """How often the exchange refused an order, by its number."""
        return self._components.refusals.counts

    @property
    def paused_openings(self) -> Mapping[str, str]:
        """Whose opening orders are kept back after refusals, and why; empty where none are."""
        return {pause.of: pause.reason for pause in self._components.refusals.pauses.values()}

    @property
    def in_flight_orders(self) -> dict[str, InFlightOrder]:
        """Orders of ours that may still trade, by client order id."""
        return {order.client_order_id: order for order in self._components.tracker.active}

    # The market. A pair that is not traded raises `ArgumentFault`.

    def get_order_book(self, trading_pair: str) -> OrderBookView:
        return self._components.prices.feed_of(trading_pair).book

    def get_market_data(self, trading_pair: str) -> MarketDataView:
        return self._components.prices.feed_of(trading_pair)

    def watch(self, trading_pair: str, look: Look, needs_look: NeedsLook | None = None) -> None:
        """Calls `look` in the next turn, and from then on when something changed, once a turn at most: for the touch at
        once, unless `needs_look` says no, for all else in the next turn."""
        self._components.push.watch(self._components.prices.feed_of(trading_pair), look, needs_look)

    def unwatch(self, trading_pair: str, look: Look) -> None:
        """Calls it no more, though a look may be due; one that does not watch is not missed."""
        self._components.push.unwatch(trading_pair, look)

    def get_price(self, trading_pair: str, is_buy: bool) -> Decimal:
        """The price at which a taker would trade first: best ask for a buy, best bid for a sell; NaN without one."""
        book = self._components.prices.feed_of(trading_pair).book
        touch = book.touch_ask if is_buy else book.touch_bid
        return touch[0] if touch else NAN

    def get_mid_price(self, trading_pair: str) -> Decimal:
        """Halfway between best bid and best ask; NaN while a side is empty."""
        return (self.get_price(trading_pair, True) + self.get_price(trading_pair, False)) / 2

    def get_mark_price(self, trading_pair: str) -> Decimal:
        """NaN before the first frame."""
        return self._components.prices.mark_price(trading_pair)

    def get_price_by_type(self, trading_pair: str, price_type: PriceType) -> Decimal:
        """The price of that kind; NaN where there is none (yet)."""
        match price_type:
            case PriceType.BestBid:
                return self.get_price(trading_pair, False)
            case PriceType.BestAsk:
                return self.get_price(trading_pair, True)
            case PriceType.LastTrade:
                trades = self._components.prices.feed_of(trading_pair).trades
                return trades[-1].price if trades else NAN
            case PriceType.LastOwnTrade:
                return self._components.dispatcher.own_prices.get(trading_pair, NAN)
            case PriceType.MidPrice:
                return self.get_mid_price(trading_pair)
            case _:
                return NAN

    def get_funding_info(self, trading_pair: str) -> FundingInfo:
        """Mark and index price, the rate and when it settles. Raises `UnavailableFault` before the first frame."""
        info = self._components.prices.feed_of(trading_pair).funding.info(trading_pair)
        if info is None:
            raise UnavailableFault(f"{trading_pair}: no mark price yet")
        return info

    def get_funding_terms(self, trading_pair: str) -> FundingTerms:
        """The interval, cap and floor of the pair's funding, and the rates that were settled."""
        return self._components.funding_terms.terms(self._components.prices.feed_of(trading_pair))

    @property
    def trading_rules(self) -> Mapping[str, TradingRule]:
        return self._components.pair_rules.rules

    def quantize_order_price(self, trading_pair: str, price: Decimal) -> Decimal:
        return self._rule(trading_pair).quantize_price(price)

    def quantize_order_amount(self, trading_pair: str, amount: Decimal) -> Decimal:
        return self._rule(trading_pair).quantize_amount(amount)

    # The account.

    def get_balance(self, currency: str) -> Decimal:
        """The wallet balance of an asset."""
        balance = self._components.ledger.balance(currency)
        return balance.wallet if balance else ZERO

    def get_available_balance(self, currency: str) -> Decimal:
        """What new orders may be paid with now, our own working orders considered."""
        return self._components.budget.available_balance(currency)

    @property
    def account_positions(self) -> dict[str, Position]:
        return self._components.ledger.account_positions()

    def get_unrealized_pnl(self, trading_pair: str) -> Decimal:
        """What the pair's positions gained at the mark price of now, in the margin asset; 0 before the first frame.

        The venue's own figure is only as new as its last word on the position.
        """
        mark, rule = self.get_mark_price(trading_pair), self._rule(trading_pair)
        if mark.is_nan():
            return ZERO
        pnl = self._components.contract.pnl
        rows = self._components.ledger.positions_of(rule.symbol)
        return sum((pnl(row.entry_price, mark, row.amount, rule.contract_size) for row in rows), ZERO)

    def get_commission_rate(self, trading_pair: str) -> CommissionRate | None:
        """What fills of the pair cost the account; None before it was read."""
        return self._components.commissions.get(self._rule(trading_pair).trading_pair)

    def get_asset_price(self, asset: str, in_asset: str) -> Decimal:
        """What an asset that fees are paid in is worth in another one now, by the venue's index; NaN when unknown."""
        return self._components.asset_prices.price(asset, in_asset, self.venue_time_ms())

    @property
    def budget_checker(self) -> BudgetChecker:
        return self._components.budget

    # Events, and what a bot keeps over a restart.

    def add_listener(self, event_tag: MarketEvent, listener: Listener) -> None:
        self._components.bus.add_listener(event_tag, listener)

    def remove_listener(self, event_tag: MarketEvent, listener: Listener) -> None:
        self._components.bus.remove_listener(event_tag, listener)

    @property
    def tracking_states(self) -> dict[str, Any]:
        return self._components.tracker.states()

    def restore_tracking_states(self, saved_states: Mapping[str, Any]) -> None:
        self._components.tracker.restore(saved_states, self._components.clock.now_ms())


def _is_absent(price: Decimal) -> bool:
    return isinstance(price, Decimal) and price.is_nan()
