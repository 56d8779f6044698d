"""What of a connector is one strategy's: its orders, and what is held for it."""

from collections.abc import Collection
from typing import Protocol

from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.strategies.view import HeldPosition


class OwnPart(Protocol):
    """Of one strategy."""

    def orders(self) -> Collection[InFlightOrder]:
        """Those that may still trade."""
        ...

    def owns(self, client_order_id: str) -> bool:
        """Whether an own order of the connector, which may be over, is the strategy's."""
        ...

    def held(self, trading_pair: str) -> tuple[HeldPosition, ...]:
        """What it may take for its inventory."""
        ...


class Everything:
    """Of a strategy that is alone: all that the connector has."""

    def __init__(self, connector: PerpetualDerivative) -> None:
        self._connector = connector

    def orders(self) -> Collection[InFlightOrder]:
        return self._connector.in_flight_orders.values()

    def owns(self, client_order_id: str) -> bool:
        return True

    def held(self, trading_pair: str) -> tuple[HeldPosition, ...]:
        return tuple(
            HeldPosition(position.amount, position.entry_price)
            for position in self._connector.account_positions.values()
            if position.trading_pair == trading_pair
        )


class OfPairs(Everything):
    """Of a strategy that shares the connector, and no pair of its: what there is of these pairs."""

    def __init__(self, connector: PerpetualDerivative, pairs: Collection[str]) -> None:
        super().__init__(connector)
        self._pairs = pairs

    def orders(self) -> Collection[InFlightOrder]:
        return [order for order in super().orders() if order.trading_pair in self._pairs]

    def owns(self, client_order_id: str) -> bool:
        order = self._connector.components.tracker.order(client_order_id)
        return order is not None and order.trading_pair in self._pairs
