"""The connector as Hummingbot's strategies, executors, recorder and commands know it.

Theirs is the interface, ours the connection: calls go to `placing` and `settings_queue`, events come by `order_feed`,
books by `books`, and `trading_link` holds one connection over every stop and start. What an object that is never
started is asked for, and the account, is in `account_calls`.
"""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hummingbot import root_path
from hummingbot.core.data_type.cancellation_result import CancellationResult
from hummingbot.core.data_type.common import OrderType, PositionAction, PositionMode, TradeType
from hummingbot.core.data_type.in_flight_order import InFlightOrder, OrderUpdate, TradeUpdate
from hummingbot.core.data_type.limit_order import LimitOrder
from hummingbot.core.data_type.market_order import MarketOrder
from hummingbot.core.event.events import MarketEvent as TheirEvent
from hummingbot.core.network_iterator import NetworkStatus

from connector.adapters.hummingbot import registration
from connector.adapters.hummingbot.access import access_to_local, access_to_venue
from connector.adapters.hummingbot.account_calls import AccountCalls
from connector.adapters.hummingbot.books import BookTracker
from connector.adapters.hummingbot.candles import register_candles
from connector.adapters.hummingbot.host_settings import host_settings, quiet_libraries
from connector.adapters.hummingbot.instance_tags import without_copied
from connector.adapters.hummingbot.left_orders import cancel_unsaved, tell_saved
from connector.adapters.hummingbot.market_side import KeylessMarket, Questions
from connector.adapters.hummingbot.notices import tell_notices
from connector.adapters.hummingbot.order_feed import OrderFeed
from connector.adapters.hummingbot.order_status import order_update, trade_updates
from connector.adapters.hummingbot.payments import Payments
from connector.adapters.hummingbot.placing import Asked, Placing
from connector.adapters.hummingbot.settings_queue import SettingsQueue
from connector.adapters.hummingbot.trading_link import Hooks, TradingLink
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, FundingPaymentCompletedEvent
from connector.core.faults import ConnectorFault
from connector.exchange.derivative import PerpetualDerivative
from connector.venue import domains

#: Where our own state of an order stands beside Hummingbot's.
_OURS = "perpetual_connector"
_DOMAINS = {registration.LIVE: domains.LIVE.name, registration.TESTNET: domains.TESTNET.name}
_NAN = Decimal("NaN")


class BinancePerpetualProDerivative(AccountCalls):
    """One account at Binance's USD-M futures, or at the local exchange; without keys the market alone."""

    def __init__(
        self,
        binance_perpetual_pro_api_key: str = "",
        binance_perpetual_pro_api_secret: str = "",
        trading_pairs: list[str] | None = None,
        trading_required: bool = True,
        domain: str = registration.LIVE,
        binance_perpetual_pro_exchange: str = "",
        balance_asset_limit: dict[str, dict[str, Decimal]] | None = None,
        rate_limits_share_pct: Decimal = Decimal("100"),
    ) -> None:
        """`domain` is one of the names that are registered; `..._exchange` is the address of a local exchange."""
        self._domain, self._trading_required = domain, trading_required
        self._trading_pairs = list(trading_pairs or [])
        if domain == registration.LOCAL:
            self._access = access_to_local(binance_perpetual_pro_exchange)
        else:
            keys = binance_perpetual_pro_api_key, binance_perpetual_pro_api_secret
            self._access = access_to_venue(_DOMAINS[domain], *keys)
        super().__init__(balance_asset_limit, rate_limits_share_pct)
        quiet_libraries()
        self._questions = Questions(self._access.domain)
        self._payments = Payments()
        self._feed = OrderFeed(self._order_tracker, self.trade_fee_schema)
        self._queue = SettingsQueue(self._mode_done, self._leverage_done)
        settings = host_settings(root_path() / "conf", rate_limits_share_pct)
        self._tags_folder = root_path() / "data" / registration.LIVE
        hooks = Hooks(self._take_up, self._settle_left_orders, self._note_settings)
        self._link = TradingLink(self._access, self._trading_pairs, settings, self._tags_folder, self._queue, hooks)
        self._keyless = KeylessMarket(self._access.domain, self._trading_pairs, settings)
        self._placing = Placing(self._order_tracker, self._feed, lambda: self._link.exchange, self.get_leverage)
        market = self._link if trading_required else self._keyless
        self._books = BookTracker(self._orderbook_ds, self._trading_pairs, domain, market)
        self._set_order_book_tracker(self._books)
        register_candles(self._domain, self._access.domain)

    # What it is, and how it stands.

    @property
    def name(self) -> str:
        return self._domain

    @property
    def domain(self) -> str:
        return self._domain

    @property
    def trading_pairs(self) -> list[str]:
        return self._trading_pairs

    @property
    def is_trading_required(self) -> bool:
        return self._trading_required

    @property
    def exchange(self) -> PerpetualDerivative | None:
        """Our connection, for whoever wants what Hummingbot has no word for; None before the first start."""
        return self._link.exchange

    @property
    def status_dict(self) -> dict[str, bool]:
        """Every gate; what strategies asked for is a gate, too."""
        theirs = {"trading_rule_initialized": bool(self._trading_rules)}
        if not self._trading_required:
            gates = self._keyless.status
        elif self._link.exchange is None:
            return {"network_started": False}
        else:
            gates = self._link.exchange.status_dict
            theirs["settings_applied"] = not self._queue.is_pending
            theirs["network_started"] = self._link.is_running
        theirs["order_books_initialized"] = self._books.ready and gates["order_books_initialized"]
        return {**gates, **theirs}

    @property
    def ready(self) -> bool:
        return all(self.status_dict.values())

    @property
    def tracking_states(self) -> dict[str, Any]:
        """Hummingbot's state of each order that may change, ours within it."""
        ours = self._link.exchange.tracking_states if self._link.exchange is not None else {}
        orders = self._order_tracker.all_updatable_orders
        return {name: {**order.to_json(), _OURS: ours.get(name)} for name, order in orders.items()}

    def restore_tracking_states(self, saved_states: Mapping[str, Any]) -> None:
        """Orders of an earlier life: what became of them meanwhile is told after the start."""
        states = without_copied(self._tags_folder, saved_states)
        super().restore_tracking_states(states)
        self._link.restore({name: row[_OURS] for name, row in states.items() if row.get(_OURS)})

    # Start and stop.

    async def start_network(self) -> None:
        """Returns at once; `ready` waits for what is started. What runs already goes on."""
        self._keep_rules()
        self._books.start()

    async def stop_network(self) -> None:
        """A check that failed ends nothing: the connection takes itself up again."""
        if self.network_status is NetworkStatus.NOT_CONNECTED and self._link.is_running:
            return
        self._leave_rules()
        await self._books.end()
        await self._link.stop()
        await self._keyless.stop()

    async def check_network(self) -> NetworkStatus:
        exchange = self._link.exchange
        is_there = await (exchange.check_network() if exchange is not None else self._questions.answers())
        return NetworkStatus.CONNECTED if is_there else NetworkStatus.NOT_CONNECTED

    def tick(self, timestamp: float) -> None:
        """Once a second: books are brought up to date for whoever holds them."""
        if self._books.is_running:
            self._books.look()
        self._last_timestamp = timestamp

    async def add_trading_pair(self, trading_pair: str) -> bool:
        """One more pair, with its book; False where it is followed already, or not listed."""
        return await self._books.add_trading_pair(trading_pair)

    async def remove_trading_pair(self, trading_pair: str) -> bool:
        """One less; False where it is not followed, or an order or a position of ours is there."""
        return await self._books.remove_trading_pair(trading_pair)

    # Orders. None of these raises: what is wrong comes as an event.

    def buy(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = _NAN,
        position_action: PositionAction = PositionAction.OPEN,
        **kwargs: Any,
    ) -> str:
        return self._placing.place(Asked(TradeType.BUY, trading_pair, amount, order_type, price, position_action))

    def sell(
        self,
        trading_pair: str,
        amount: Decimal,
        order_type: OrderType = OrderType.LIMIT,
        price: Decimal = _NAN,
        position_action: PositionAction = PositionAction.OPEN,
        **kwargs: Any,
    ) -> str:
        return self._placing.place(Asked(TradeType.SELL, trading_pair, amount, order_type, price, position_action))

    def cancel(self, trading_pair: str, client_order_id: str) -> str:
        return self._placing.cancel(trading_pair, client_order_id)

    def batch_order_create(self, orders_to_create: list[LimitOrder | MarketOrder]) -> list[LimitOrder | MarketOrder]:
        """Copies of the orders, with their ids; five go in one request. One that does not say closes nothing."""
        asked = [
            Asked(
                TradeType.BUY if order.is_buy else TradeType.SELL,
                order.trading_pair,
                order.quantity,
                OrderType.MARKET if isinstance(order, MarketOrder) else OrderType.LIMIT,
                order.price,
                order.position,
            )
            for order in orders_to_create
        ]
        names = self._placing.place_several(asked)
        return [order.copy_with_id(name) for order, name in zip(orders_to_create, names, strict=True)]

    def batch_order_cancel(self, orders_to_cancel: list[LimitOrder]) -> None:
        self._placing.cancel_several([(order.trading_pair, order.client_order_id) for order in orders_to_cancel])

    async def cancel_all(self, timeout_seconds: float) -> list[CancellationResult]:
        """Cancels every order and waits for the exchange's word; an order that a life before left is one, too: the
        connection is started for it."""
        wanted = [name for name, order in self.in_flight_orders.items() if not order.is_done]
        gone: set[str] = set()
        if not (wanted or self._link.is_running):
            return []
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._link.start()
                exchange = self._link.exchange
                if exchange is not None:
                    gone = {row.order_id for row in await exchange.cancel_all(timeout_seconds) if row.success}
        except (ConnectorFault, TimeoutError) as fault:
            self.logger().warning(f"cancel_all: {fault or 'the exchange did not answer in time'}")
        return [CancellationResult(name, name in gone or name not in self.in_flight_orders) for name in wanted]

    async def _place_cancel(self, order_id: str, tracked_order: InFlightOrder) -> bool:
        self.cancel(tracked_order.trading_pair, order_id)
        return False  # what becomes of it is told by an event

    async def _request_order_status(self, tracked_order: InFlightOrder) -> OrderUpdate:
        """From what we know of it, else from the exchange. Raises `Fault` where neither knows it."""
        return await order_update(self._link.exchange, tracked_order)

    async def _all_trade_updates_for_order(self, order: InFlightOrder) -> list[TradeUpdate]:
        return trade_updates(self._link.exchange, order, self.trade_fee_schema())

    # What is told.

    async def _settle_left_orders(self, exchange: PerpetualDerivative) -> None:
        await cancel_unsaved(exchange)
        await tell_saved(exchange, self._order_tracker, self.trade_fee_schema())

    def _take_up(self, exchange: PerpetualDerivative) -> None:
        for tag in OrderFeed.tags:
            exchange.add_listener(tag, self._feed.hear)
        tell_notices(exchange, self.logger().warning)
        exchange.add_listener(MarketEvent.FundingPaymentCompleted, self._hear_payment)
        for tag in (MarketEvent.PositionModeChanged, MarketEvent.LeverageChanged):
            exchange.add_listener(tag, self._hear_setting)

    def _hear_payment(self, event: Event) -> None:
        if isinstance(event, FundingPaymentCompletedEvent):
            self.trigger_event(TheirEvent.FundingPaymentCompleted, self._payments.told(event, self.name))

    def set_position_mode(self, mode: PositionMode) -> None:
        """Set as soon as there is a connection; `PositionModeChangeSucceeded` or `Failed` tells what became of it."""
        self._queue_mode(mode)

    def set_leverage(self, trading_pair: str, leverage: int = 1) -> None:
        """Set as soon as there is a connection."""
        self._queue_leverage(trading_pair, leverage)
