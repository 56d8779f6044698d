"""The connector, as a bot knows it: every call of the exchange interface, answered by the parts.

Nothing is decided here. Orders go to `order_entry`, the market's state is in `market`, the account's in `account`;
`assemble` shows how they hang together.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connector.account.budget_checker import BudgetChecker
from connector.core.amounts import NAN, ZERO
from connector.core.enums import OrderType, PositionAction, PositionMode, PriceType, StreamKind, TradeType
from connector.core.events import Event, MarketEvent, OrderFilledEvent
from connector.core.faults import ConnectorFault, UnavailableFault
from connector.core.funding_info import FundingInfo, FundingTerms
from connector.core.intents import OrderIntent
from connector.core.interface import CancellationResult, GateStatus, Listener, MarketDataView, OrderBookView
from connector.core.position import Position
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.network import trading_pairs
from connector.exchange.network.components import Components
from connector.exchange.orders.order_entry import quantised
from connector.market.symbol_feed import SymbolFeed
from connector.net.throttle import Use
from connector.orders.in_flight_order import InFlightOrder

_LOG = logging.getLogger(__name__)
_CLOCK_EVERY_S = 600
_RULES_EVERY_S = 3600
_CANCEL_STEP_S = 0.05
#: A cancel that brought nothing is asked for again after this long.
_CANCEL_AGAIN_MS = 1_000


class PerpetualDerivative:
    """Satisfies `core.interface.Exchange`. Build it by `assemble`, then `start_network`."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self._owner: asyncio.Task[None] | None = None
        self._group: asyncio.TaskGroup | None = None
        self._last_own_price: dict[str, Decimal] = {}
        components.bus.add_listener(MarketEvent.OrderFilled, self._note_own_price)

    # What it is, and whether it can be trusted now.

    @property
    def name(self) -> str:
        return self._components.gateway.domain.name

    @property
    def domain(self) -> str:
        return self._components.gateway.domain.name

    @property
    def trading_pairs(self) -> list[str]:
        return list(self._components.listing.trading_pairs)

    @property
    def ready(self) -> bool:
        return self._components.gates.ready

    @property
    def status_dict(self) -> dict[str, bool]:
        return self._components.gates.status

    @property
    def status_report(self) -> Mapping[str, GateStatus]:
        return self._components.gates.report()

    @property
    def components(self) -> Components:
        """The assembled parts, for whoever watches or extends the connector."""
        return self._components

    def stream_ages_ms(self) -> dict[StreamKind, int | None]:
        """How long ago each kind of stream last spoke; None before it ever did."""
        return self._components.liveness.ages_ms(self._components.clock.monotonic_ms())

    def limit_use(self) -> tuple[Use, ...]:
        """How full the rate limits are."""
        return self._components.gateway.throttle.use(self._components.gateway.venue_ms())

    async def start_network(self) -> None:
        """Reads rules and account, then listens. Raises `ConnectorFault`; nothing is changed at the exchange."""
        await self._read_start()
        started = asyncio.Event()
        self._owner = asyncio.create_task(self._own(started))
        await started.wait()

    async def stop_network(self) -> None:
        """Ends every task and connection. Orders stay as they are: cancel them before."""
        if self._owner is not None:
            self._owner.cancel()
            await asyncio.gather(self._owner, return_exceptions=True)
            self._owner = None
        self._components.gates.shut_all("stopped")
        await self._components.http.close()

    async def add_trading_pair(self, trading_pair: str) -> bool:
        """Trades a further pair; False when it is traded already. `ready` waits for its book. Raises
        `ConfigFault` for a pair that the exchange does not list."""
        return await trading_pairs.add(self._components, trading_pair)

    async def remove_trading_pair(self, trading_pair: str) -> bool:
        """Trades a pair no more; False where it is not traded, or something of ours is at stake there."""
        return trading_pairs.remove(self._components, trading_pair)

    def raise_if_broken(self) -> None:
        """Raises what ended the connector's tasks, if a defect did: nothing goes on half alive."""
        if self._owner is not None and self._owner.done() and not self._owner.cancelled():
            self._owner.result()

    async def check_network(self) -> bool:
        """Whether the exchange answers now."""
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
    ) -> str:
        """Asks for a buy and returns its client order id at once; what becomes of it arrives as events."""
        wanted = None if price.is_nan() else price
        return self.place(OrderIntent(trading_pair, TradeType.BUY, order_type, amount, wanted, position_action))

    def sell(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = NAN,
        *,
        position_action: PositionAction = PositionAction.OPEN,
    ) -> str:
        """Asks for a sell and returns its client order id at once; what becomes of it arrives as events."""
        wanted = None if price.is_nan() else price
        return self.place(OrderIntent(trading_pair, TradeType.SELL, order_type, amount, wanted, position_action))

    def place(self, intent: OrderIntent) -> str:
        """Quantises and tracks one order, and sends it as soon as the loop is free. Returns its client order id."""
        if self._group is None:
            raise UnavailableFault("the connector is not started")
        components, rule = self._components, self._rule(intent.trading_pair)
        exact = quantised(intent, rule)
        order = components.entry.open(exact, self.get_leverage(intent.trading_pair))
        mark_price = self._feed(intent.trading_pair).funding.mark_price or ZERO
        self._spawn(components.entry.place(order, exact, rule, self.position_mode, mark_price))
        return order.client_order_id

    def cancel(self, trading_pair: str, client_order_id: str) -> str:
        """Asks for a cancel and returns the id; an order that is over, or not ours, is left alone."""
        order = self._components.tracker.order(client_order_id)
        if order is not None and order.is_open:
            self._spawn(self._components.entry.cancel(order))
        return client_order_id

    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]:
        """Cancels every order of ours and waits until the exchange confirmed that it is gone, or time is up."""
        components = self._components
        orders = components.tracker.active
        deadline_ms = components.clock.monotonic_ms() + round(timeout_seconds * 1000)
        asked_ms: dict[str, int] = {}
        while not all(order.is_done for order in orders) and (now_ms := components.clock.monotonic_ms()) < deadline_ms:
            for order in orders:
                if (
                    order.is_open
                    and now_ms - asked_ms.get(order.client_order_id, -_CANCEL_AGAIN_MS) >= _CANCEL_AGAIN_MS
                ):
                    asked_ms[order.client_order_id] = now_ms
                    self._spawn(components.entry.cancel(order))
            await asyncio.sleep(_CANCEL_STEP_S)
        return [CancellationResult(order.client_order_id, order.is_done) for order in orders]

    async def sweep(self, is_ours: Callable[[str], bool]) -> None:
        """Cancels every open order of the traded pairs that is ours by its client id, tracked or not."""
        for symbol in tuple(self._components.feed.symbols):
            for report in await self._components.account.open_orders(symbol):
                if is_ours(report.client_order_id):
                    await self._components.entry.cancel_by_id(symbol, report.client_order_id)

    def batch_order_create(self, orders_to_create: Sequence[OrderIntent]) -> list[str]:
        """Places several orders; each has a fate of its own."""
        return [self.place(intent) for intent in orders_to_create]

    def batch_order_cancel(self, orders_to_cancel: Sequence[tuple[str, str]]) -> None:
        """Cancels several orders, given as (trading pair, client order id)."""
        for trading_pair, client_order_id in orders_to_cancel:
            self.cancel(trading_pair, client_order_id)

    @property
    def in_flight_orders(self) -> dict[str, InFlightOrder]:
        """Orders of ours that may still trade, by client order id."""
        return {order.client_order_id: order for order in self._components.tracker.active}

    # The market.

    def get_order_book(self, trading_pair: str) -> OrderBookView:
        return self._feed(trading_pair).book

    def get_market_data(self, trading_pair: str) -> MarketDataView:
        return self._feed(trading_pair)

    def get_price(self, trading_pair: str, is_buy: bool) -> Decimal:
        """The price at which a taker would trade first: best ask for a buy, best bid for a sell; NaN without one."""
        book = self._feed(trading_pair).book
        touch = book.touch_ask if is_buy else book.touch_bid
        return touch[0] if touch else NAN

    def get_mid_price(self, trading_pair: str) -> Decimal:
        """Halfway between best bid and best ask; NaN while a side is empty."""
        return (self.get_price(trading_pair, True) + self.get_price(trading_pair, False)) / 2

    def get_price_by_type(self, trading_pair: str, price_type: PriceType) -> Decimal:
        """The price of that kind; NaN where there is none (yet)."""
        match price_type:
            case PriceType.BestBid:
                return self.get_price(trading_pair, False)
            case PriceType.BestAsk:
                return self.get_price(trading_pair, True)
            case PriceType.LastTrade:
                trades = self._feed(trading_pair).trades
                return trades[-1].price if trades else NAN
            case PriceType.LastOwnTrade:
                return self._last_own_price.get(trading_pair, NAN)
            case PriceType.MidPrice:
                return self.get_mid_price(trading_pair)
            case _:
                return NAN

    def get_funding_info(self, trading_pair: str) -> FundingInfo:
        """Mark and index price, the rate and when it settles. Raises `UnavailableFault` before the first frame."""
        info = self._feed(trading_pair).funding.info(trading_pair)
        if info is None:
            raise UnavailableFault(f"{trading_pair}: no mark price yet")
        return info

    def get_funding_terms(self, trading_pair: str) -> FundingTerms:
        """The interval, cap and floor of the pair's funding, and the rates that were settled."""
        return self._components.funding_facts.terms(self._feed(trading_pair))

    @property
    def trading_rules(self) -> Mapping[str, TradingRule]:
        return self._components.listing.rules

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

    @property
    def budget_checker(self) -> BudgetChecker:
        return self._components.budget

    async def set_leverage(self, trading_pair: str, leverage: int) -> None:
        """Sets the leverage unless it is so already, and reads it back. Raises `ConfigFault`."""
        symbol = self._rule(trading_pair).symbol
        self._components.gates.shut(gates.LEVERAGE, "being set")
        report = await preflight.confirm_leverage(self._components.account, symbol, leverage)
        self._components.dispatcher.dispatch(report)
        self._components.gates.hold(gates.LEVERAGE)

    def get_leverage(self, trading_pair: str) -> int:
        return self._components.ledger.leverage(self._rule(trading_pair).symbol) or 1

    async def set_position_mode(self, mode: PositionMode) -> None:
        """Sets the account's mode unless it is so already, and reads it back. Raises `ConfigFault`."""
        self._components.gates.shut(gates.POSITION_MODE, "being set")
        await preflight.confirm_position_mode(self._components.account, mode)
        self._components.ledger.position_mode = mode
        self._components.gates.hold(gates.POSITION_MODE)

    @property
    def position_mode(self) -> PositionMode:
        return self._components.ledger.position_mode or PositionMode.ONEWAY

    # Events, and what a bot keeps over a restart.

    def add_listener(self, event_tag: MarketEvent, listener: Listener) -> None:
        self._components.bus.add_listener(event_tag, listener)

    def remove_listener(self, event_tag: MarketEvent, listener: Listener) -> None:
        self._components.bus.remove_listener(event_tag, listener)

    @property
    def tracking_states(self) -> dict[str, Any]:
        return dict(self._components.tracker.states())

    def restore_tracking_states(self, saved_states: Mapping[str, Any]) -> None:
        self._components.tracker.restore(saved_states, self._components.clock.now_ms())

    # Inside.

    def _rule(self, trading_pair: str) -> TradingRule:
        return self._components.listing.rules[trading_pair]

    def _feed(self, trading_pair: str) -> SymbolFeed:
        return self._components.feed.symbols[self._rule(trading_pair).symbol]

    def _note_own_price(self, event: Event) -> None:
        if isinstance(event, OrderFilledEvent):
            self._last_own_price[event.trading_pair] = event.price

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        if self._group is None:
            work.close()
            raise UnavailableFault("the connector is not started")
        self._group.create_task(work)

    async def _read_start(self) -> None:
        components = self._components
        await components.gateway.measure_clock()
        instruments = await components.account.instruments()
        components.listing.take(instruments)
        components.gateway.throttle.set_limits(instruments.rate_limits)
        components.gates.hold(gates.SYMBOLS)
        components.gates.hold(gates.TRADING_RULES)
        config = await components.account.config()
        preflight.check_account(config)
        components.ledger.position_mode = config.position_mode
        components.gates.hold(gates.POSITION_MODE)
        await trading_pairs.take_up(components)
        components.gates.hold(gates.LEVERAGE)
        components.reconciler.read_funding_from(components.gateway.venue_ms())
        await components.reconciler.compare_account()
        components.gates.hold(gates.ACCOUNT_BALANCE)

    async def _own(self, started: asyncio.Event) -> None:
        """Owns every task of the connector: when it ends, they have ended."""
        components = self._components
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for work in (
                    components.books,
                    components.funding,
                    components.funding_facts,
                    components.user,
                    components.reconciler,
                    components.cross_check,
                    components.trade_check,
                    components.liveness,
                ):
                    group.create_task(work.run())
                group.create_task(self._keep_clock())
                group.create_task(self._keep_rules())
                group.create_task(trading_pairs.read_the_rest(components))
                started.set()
        finally:
            self._group = None

    async def _keep_clock(self) -> None:
        while True:
            await asyncio.sleep(_CLOCK_EVERY_S)
            try:
                await self._components.gateway.measure_clock()
            except ConnectorFault as fault:
                _LOG.info("measuring the clock: %s", fault)

    async def _keep_rules(self) -> None:
        while True:
            await asyncio.sleep(_RULES_EVERY_S)
            try:
                self._components.listing.take(await self._components.account.instruments())
            except ConnectorFault as fault:
                _LOG.warning("reading the trading rules: %s", fault)
