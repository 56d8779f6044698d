"""Calls about orders that other hosts' interfaces lack: changes, several at once, orders that are tried, orders in
another's words, the gate of what opens, and the end of everyone's orders."""

from collections.abc import Sequence
from decimal import Decimal

from connector.core.faults import ArgumentFault, ConfigFault, Fault
from connector.core.intents import ModifyIntent, OrderIntent
from connector.core.reports import OrderReport
from connector.exchange.hop_times import HopTimes
from connector.exchange.network.components import Components
from connector.exchange.orders.ember import EmberOrder, ember_intent
from connector.exchange.orders.openings import Openings


class OrderCalls:
    """What the connector answers by its components."""

    def __init__(self, components: Components) -> None:
        self._components = components
        #: How long the hops of decisions take; None while nobody asked for that.
        self.hop_times: HopTimes | None = None

    def time_hops(self) -> HopTimes:
        """Times the hops of decisions from now on. To be asked for before the network starts: orders over connections
        of the WS-API that are open by then are not timed."""
        components = self._components
        if self.hop_times is None:
            self.hop_times = HopTimes(components.feed)
            components.streams.books.read_by(self.hop_times)
            if components.gateway.order_sockets is not None:
                components.gateway.order_sockets.on_left(self.hop_times.left)
        return self.hop_times

    @property
    def openings(self) -> Openings:
        """The gate of orders that open: `shut(by)` keeps them back, `release(by)` lets them go again."""
        return self._components.openings

    def modify(
        self, trading_pair: str, client_order_id: str, *, price: Decimal | None = None, amount: Decimal | None = None
    ) -> str:
        """Asks for another price or total amount of an open order and returns the id; it loses its place in the queue.
        Told is then `OrderModified`, `OrderModifyFailed`, or the order's end. Raises `ArgumentFault`."""
        self._components.modifications.request(ModifyIntent(trading_pair, client_order_id, price, amount))
        return client_order_id

    def replace_at_once(self, intent: OrderIntent, client_order_id: str) -> str:
        """Places an order and cancels another without waiting for either: where that can be both have left when this
        returns, the cancel first. Returns the new id. Raises `ArgumentFault` for what is no order, or an id that this
        connector never gave; the cancel of an order that it knows is asked for all the same."""
        order = self._components.tracker.order(client_order_id)
        if order is None:
            if not self._components.ids.is_own(client_order_id):
                raise ArgumentFault("client_order_id", client_order_id, "is no order of this connector")
            return self._components.entry.submit_at_once(intent).client_order_id
        (anew,) = self._components.entry.replace_at_once(((order, intent),))
        return anew.client_order_id

    def changes_left(self) -> int:
        """How many changes of orders may leave now by the share of the rate limits, a fifth of it kept for new orders:
        what is changed with every move of the market stops there, and leaves room for what must go."""
        gateway, clock = self._components.gateway, self._components.clock
        return gateway.throttle.changes_left(gateway.venue_ms(), clock.monotonic_ms())

    def batch_order_create(self, orders_to_create: Sequence[OrderIntent]) -> list[str]:
        """Places several orders, five to a request, and returns an id for each: each has a fate of its own, which
        arrives as events. What can be no order fails, and the others are placed."""
        return self._components.batches.create(orders_to_create)

    def batch_order_modify(self, orders_to_modify: Sequence[ModifyIntent]) -> None:
        """Changes several orders, five to a request, each as `modify` does. Raises `ArgumentFault` for the first that
        can be no change, once all others are asked for."""
        self._components.batches.modify(orders_to_modify)

    def batch_order_cancel(self, orders_to_cancel: Sequence[tuple[str, str]]) -> None:
        """Cancels several orders, given as (trading pair, client order id), ten to a request. Raises `ArgumentFault`
        for the first id that this connector never gave, once all others are asked for."""
        self._components.cancellation.request_each([name for _, name in orders_to_cancel], self._components.ids.is_own)

    async def test_order(self, intent: OrderIntent) -> Fault | None:
        """The refusal that the order would meet now; None where the exchange would take it. Nothing is placed, tracked
        or held. Raises `ArgumentFault`, and `ConnectorFault` where the exchange does not say."""
        return await self._components.entry.trial(intent)

    def place_ember(self, order: EmberOrder) -> str:
        """Places an order in Ember's words, where the setting `ember_orders` is on. Raises `ArgumentFault`."""
        if not self._components.takes_ember_orders:
            rule = "Ember's words are not taken: some mean other orders than the exchange's"
            raise ConfigFault("ember_orders", False, rule, "set it true in connector.yml")
        return self._components.entry.submit_at_once(ember_intent(order)).client_order_id

    async def orders_of_everyone(self, trading_pair: str) -> tuple[OrderReport, ...]:
        """Every open order of a pair on the account, of either family, whoever placed it. Raises `ConnectorFault`."""
        symbol = self._components.pair_rules.rule(trading_pair).symbol
        return await self._components.cancellation.of_everyone(symbol)

    async def cancel_everyones(self, trading_pair: str, would_go: Sequence[OrderReport]) -> tuple[OrderReport, ...]:
        """Cancels every open order of a pair, those of others too; returns what is open then.

        `would_go` is what `orders_of_everyone` told: where other orders are open by now nothing is cancelled, and
        `ArgumentFault` names them. Raises `ConnectorFault` where the exchange does not answer.
        """
        symbol = self._components.pair_rules.rule(trading_pair).symbol
        known = {report.client_order_id for report in would_go}
        unseen = {report.client_order_id for report in await self._components.cancellation.of_everyone(symbol)} - known
        if unseen:
            remedy = "look at orders_of_everyone again"
            raise ArgumentFault("would_go", sorted(unseen), "are open too, and would go unseen", remedy)
        return await self._components.cancellation.cancel_everyones(symbol)
