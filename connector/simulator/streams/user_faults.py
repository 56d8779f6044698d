"""What the faults of user streams make of an event on its way to those who listen with a listen key."""

from functools import partial

from connector.simulator.fault_injection.faults import Faults
from connector.simulator.fault_injection.late_actions import LateActions
from connector.simulator.streams.hub import Hub

ORDER_EVENT = "ORDER_TRADE_UPDATE"
Payload = dict[str, object]


class UserFaults:
    """Sends the events of all listen keys; a fault strikes the kind of event that it was armed for."""

    def __init__(self, hub: Hub, faults: Faults, late: LateActions) -> None:
        self._hub, self._faults, self._late = hub, faults, late
        self._held: dict[tuple[str, str], bytes] = {}

    def send(self, key: str, frame: bytes, event: str) -> None:
        """Sends an event as often, as late and in the order that the armed faults want."""
        for sent in self._frames(key, frame, event):
            overtaken = self._faults.take("overtaken_user_event", event=event)
            delay = None if overtaken else self._faults.take("delay_user_event", event=event)
            if overtaken:
                self._late.add(overtaken.ms, partial(self._hub.publish, key, sent, event))
            else:
                self._hub.publish(key, sent, event, late_ms=delay.ms if delay else 0)

    def shorn(self, event: Payload) -> Payload:
        """An order's event without its commission where that is to be absent."""
        order = event.get("o")
        if event["e"] == ORDER_EVENT and isinstance(order, dict) and self._faults.take("absent_commission"):
            return {**event, "o": {name: value for name, value in order.items() if name not in ("n", "N")}}
        return event

    def forget(self, key: str) -> None:
        """Nothing that is held back is sent on a key that ended."""
        self._held = {place: held for place, held in self._held.items() if place[0] != key}

    def _frames(self, key: str, frame: bytes, event: str) -> list[bytes]:
        if self._faults.take("lost_user_event", event=event):
            return []
        if self._faults.take("duplicate_user_event", event=event):
            return [frame, frame]
        held = self._held.pop((key, event), None)
        if held is not None:
            return [frame, held]
        if self._faults.take("reorder_user_event", event=event):
            self._held[key, event] = frame
            return []
        return [frame]
