"""The user streams: what happened to an account, told to whoever listens with its listen key.

At a fill come TRADE_LITE, then ACCOUNT_UPDATE and ORDER_TRADE_UPDATE with the same time ("User data streams").
"""

from collections.abc import Callable, Iterable, Mapping

from connector.simulator.accounts.events import (
    AccountChanged,
    AccountEvent,
    AlgoChanged,
    AssetModeChanged,
    LeverageChanged,
    MarginCalled,
    OrderChanged,
)
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.fault_injection.late_actions import LateActions
from connector.simulator.json_bytes import frame_of
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.account_events import account_update, asset_mode_update, leverage_update, margin_call
from connector.simulator.payloads.account_payloads import Payload
from connector.simulator.payloads.algo_payloads import algo_update
from connector.simulator.payloads.order_payloads import order_trade_update, trade_lite
from connector.simulator.streams.algo_faults import reordered
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.user_faults import UserFaults


class UserFeed:
    """Turns what happened to accounts into frames; an account that nobody listens for costs a look-up."""

    def __init__(
        self,
        listings: Mapping[str, Listing],
        hub: Hub,
        faults: Faults,
        key_of: Callable[[int], str | None],
        late: LateActions,
    ) -> None:
        self._listings, self._hub, self._faults, self._key_of = listings, hub, faults, key_of
        self._user_faults = UserFaults(hub, faults, late)

    def publish(self, events: Iterable[AccountEvent], now_ms: int) -> None:
        """Publishes what the owners are to hear, each fill announced by its TRADE_LITE."""
        waiting = reordered(list(events), self._faults)
        for event in waiting:
            key = self._key_of(event.account_id)
            if key is None or not self._hub.is_subscribed(key):
                continue
            if isinstance(event, OrderChanged):
                self._send_order(key, event, now_ms)
            else:
                self._send(key, _event(event, self._listings, now_ms))

    def publish_expired(self, key: str, now_ms: int) -> None:
        """Says once that a listen key is dead; nothing follows on it."""
        event = "listenKeyExpired"
        self._user_faults.forget(key)
        self._hub.publish(key, frame_of({"e": event, "E": now_ms, "listenKey": key}), event)

    def _send_order(self, key: str, change: OrderChanged, now_ms: int) -> None:
        instrument, fill = self._listings[change.order.symbol].instrument, change.fill
        if fill is not None:
            if change.execution_type == "TRADE":
                self._send(key, trade_lite(change, fill.execution, instrument, now_ms))
            self._send(key, account_update(fill.account, self._listings, now_ms))
        self._send(key, order_trade_update(change, instrument, now_ms))

    def _send(self, key: str, event: Payload) -> None:
        self._user_faults.send(key, frame_of(self._user_faults.shorn(event)), str(event["e"]))


def _event(
    change: AccountChanged | LeverageChanged | AlgoChanged | AssetModeChanged | MarginCalled,
    listings: Mapping[str, Listing],
    now_ms: int,
) -> Payload:
    """The event of what happened to an account."""
    match change:
        case AccountChanged():
            return account_update(change, listings, now_ms)
        case AlgoChanged():
            return algo_update(change, listings[change.order.symbol].instrument, now_ms)
        case LeverageChanged():
            return leverage_update(change, now_ms)
        case AssetModeChanged():
            return asset_mode_update(change, now_ms)
        case MarginCalled():
            return margin_call(change, listings, now_ms)
