"""Saved orders of a tracker: each is spelt anew only where it changed since the last save."""

from connector.orders.in_flight_order import InFlightOrder
from connector.orders.saved_orders import SavedOrder, saved


class TrackingStates:
    """Keeps what was saved, and which orders changed since. An order that is forgotten is forgotten here, too."""

    def __init__(self) -> None:
        self._saved: dict[str, SavedOrder] = {}
        self._changed: dict[str, InFlightOrder] = {}

    @property
    def changed_orders(self) -> dict[str, InFlightOrder]:
        """Orders that are not what they were, by client order id: whoever changes one enters it."""
        return self._changed

    def changed(self, order: InFlightOrder) -> None:
        """The order is not what it was."""
        self._changed[order.client_order_id] = order

    def forget(self, client_order_id: str) -> None:
        """The order is remembered no more."""
        self._changed.pop(client_order_id, None)
        self._saved.pop(client_order_id, None)

    def save(self) -> dict[str, SavedOrder]:
        """All that is not settled, by client order id. What it holds is shared with the next save: it is to be read
        and written down, not changed."""
        for name, order in self._changed.items():
            if order.is_settled:
                self._saved.pop(name, None)
            else:
                self._saved[name] = saved(order)
        self._changed.clear()
        return self._saved.copy()
