"""The way of an order to the venue. It is tracked before any byte leaves, and every answer is a report.

An answer that does not come is a report too: OUTCOME_UNKNOWN. Nothing is sent twice here; what became of an
unknown order is found out by stream and look-up (`reconcile`).
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from connector.core.clock import Clock
from connector.core.enums import OrderState, PositionMode
from connector.core.faults import Blame, ConnectorFault, Fate, Fault, FaultRule, Retry, UnreadableFault
from connector.core.intents import OrderIntent
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.core.trading_rule import TradingRule
from connector.exchange.account.ack_event_watch import AckEventWatch
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.net.gateway import Gateway
from connector.orders.client_order_ids import ClientOrderIds
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue import endpoints
from connector.wire import order_replies, requests

_LOG = logging.getLogger(__name__)


def _not_sent(why: str, blame: Blame = Blame.REQUEST) -> FaultRule:
    return FaultRule(Fate.NEVER_LIVED, Retry.NEVER, blame, f"not sent: {why}")


_NOT_READY = _not_sent("the connector is not ready", Blame.NETWORK)

#: What a fault's fate says of an order that was being placed.
_PLACED = {
    Fate.NEVER_LIVED: OrderStatus.REJECTED,
    Fate.GONE: OrderStatus.REJECTED,
    Fate.UNKNOWN: OrderStatus.OUTCOME_UNKNOWN,
    Fate.DONE: OrderStatus.OUTCOME_UNKNOWN,
}


class OrderEntry:
    """Places and cancels. `may_send` is asked as late as possible."""

    def __init__(
        self,
        gateway: Gateway,
        account: VenueApi,
        tracker: Tracker,
        dispatcher: ReportDispatcher,
        ids: ClientOrderIds,
        clock: Clock,
        may_send: Callable[[], bool],
        echo: AckEventWatch,
    ) -> None:
        self._gateway = gateway
        self._account = account
        self._tracker = tracker
        self._dispatcher = dispatcher
        self._ids = ids
        self._clock = clock
        self._may_send = may_send
        self._echo = echo
        #: Cancels that were asked for before the ack: sent when it has come.
        self._cancel_after_ack: set[str] = set()

    def open(self, intent: OrderIntent, leverage: int) -> InFlightOrder:
        """Tracks the order. From here on it exists for the budget, whatever happens."""
        now_ms = self._clock.now_ms()
        client_order_id = self._ids.mint(intent.trade_type, now_ms)
        return self._tracker.open_order(intent, client_order_id, leverage=leverage, now_ms=now_ms)

    async def place(
        self, order: InFlightOrder, intent: OrderIntent, rule: TradingRule, mode: PositionMode, mark_price: Decimal
    ) -> None:
        """Sends a tracked order; the answer enters by the door."""
        price = mark_price if intent.price is None else intent.price
        broken = rule.broken_by(intent.amount, price, intent.order_type, reduce_only=intent.reduces_only)
        if broken is not None:
            self._refuse(order, _not_sent(str(broken)))
        elif not self._may_send():
            self._refuse(order, _NOT_READY)
        else:
            await self._send(order, intent, mode)

    async def cancel(self, order: InFlightOrder) -> None:
        """Asks for the cancel. "No such order" is no proof: the order is then looked up.

        When this returns, the order is over, or the cancel may be asked for again.
        """
        if order.state is OrderState.PENDING_CREATE:
            # The request may still be on its way: a cancel that overtakes it would find nothing.
            self._cancel_after_ack.add(order.client_order_id)
            return
        self._dispatcher.dispatch(self._say(order, OrderStatus.CANCEL_REQUESTED))
        params = requests.order_by_client_id(order.symbol, order.client_order_id)
        try:
            body = await self._gateway.call(endpoints.CANCEL_ORDER, params)
            self._dispatcher.dispatch(order_replies.order(body, ReportSource.ACK))
        except UnreadableFault as fault:
            _LOG.warning("cancel of %s: %s", order.client_order_id, fault)
            await self.look_up(order)
        except Fault as fault:
            if fault.rule.fate is not Fate.NEVER_LIVED:
                await self.look_up(order)
            _LOG.info("cancel of %s: %s", order.client_order_id, fault)
        if order.is_open:
            self._dispatcher.dispatch(self._say(order, OrderStatus.CANCEL_REFUSED))

    async def cancel_by_id(self, symbol: str, client_order_id: str) -> None:
        """Cancels an order that is known by its client id alone. Raises `Fault` unless it is gone."""
        params = requests.order_by_client_id(symbol, client_order_id)
        try:
            body = await self._gateway.call(endpoints.CANCEL_ORDER, params)
            self._dispatcher.dispatch(order_replies.order(body, ReportSource.ACK))
        except Fault as fault:
            if fault.rule.fate is not Fate.GONE:
                raise

    async def look_up(self, order: InFlightOrder) -> None:
        """Asks for the order's state. One that lived and is not found is lost from sight, not gone."""
        try:
            self._dispatcher.dispatch(await self._account.order(order.symbol, order.client_order_id))
        except UnreadableFault as fault:
            _LOG.warning("look-up of %s: %s", order.client_order_id, fault)
        except Fault as fault:
            if fault.rule.fate is Fate.GONE and order.was_seen and not order.lost:
                _LOG.warning("order %s is lost from sight; it is looked for", order.client_order_id)
                self._dispatcher.dispatch(self._say(order, OrderStatus.NOT_FOUND))
            else:
                _LOG.info("look-up of %s: %s", order.client_order_id, fault)

    async def _send(self, order: InFlightOrder, intent: OrderIntent, mode: PositionMode) -> None:
        params = requests.place_order(intent, order.symbol, order.client_order_id, mode)
        try:
            body = await self._gateway.call(endpoints.PLACE_ORDER, params, still_wanted=self._may_send)
            self._dispatcher.dispatch(order_replies.order(body, ReportSource.ACK))
            self._echo.acknowledged(order.client_order_id, self._clock.monotonic_ms())
        except Fault as fault:
            self._dispatcher.dispatch(self._say(order, _PLACED[fault.rule.fate], fault))
        except ConnectorFault as fault:
            _LOG.warning("answer to %s: %s", order.client_order_id, fault)
            self._dispatcher.dispatch(self._say(order, OrderStatus.OUTCOME_UNKNOWN))
        if order.client_order_id in self._cancel_after_ack:
            self._cancel_after_ack.discard(order.client_order_id)
            if order.is_open:
                await self.cancel(order)

    def _refuse(self, order: InFlightOrder, why: FaultRule) -> None:
        self._dispatcher.dispatch(self._say(order, OrderStatus.REJECTED, Fault(why, "new order")))

    def _say(self, order: InFlightOrder, status: OrderStatus, fault: Fault | None = None) -> OrderReport:
        """A report of our own about an order, for what the venue did not say itself."""
        return OrderReport(
            source=ReportSource.ERROR if fault else ReportSource.LOCAL,
            status=status,
            symbol=order.symbol,
            client_order_id=order.client_order_id,
            fault=fault,
        )


def quantised(intent: OrderIntent, rule: TradingRule) -> OrderIntent:
    """The intent on the rule's grids. An amount that would round to zero stays as it is, to be refused by name."""
    if intent.amount <= 0:
        raise ValueError(f"an order needs an amount above zero, not {intent.amount}")
    price = intent.price
    if intent.order_type.is_limit_type():
        if price is None:
            raise ValueError("a limit order needs a price")
        price = rule.quantize_price(price, intent.trade_type)
    amount = rule.quantize_amount(intent.amount, intent.order_type) or intent.amount
    return replace(intent, amount=amount, price=price)
