"""What the faults of user streams make of an event on its way to those who listen with a listen key."""

from connector.simulator.fault_injection.faults import Faults
from connector.simulator.streams.hub import Hub

ORDER_EVENT = "ORDER_TRADE_UPDATE"


class UserFaults:
    """Sends the events of all listen keys; what an order's event may suffer, others are spared but for delay."""

    def __init__(self, hub: Hub, faults: Faults) -> None:
        self._hub, self._faults = hub, faults
        self._held: dict[str, bytes] = {}

    def send(self, key: str, frame: bytes, event: str) -> None:
        """Sends an event as often, as late and in the order that the armed faults want."""
        for sent in self._frames(key, frame) if event == ORDER_EVENT else (frame,):
            delay = self._faults.take("delay_user_event")
            self._hub.publish(key, sent, event, late_ms=delay.ms if delay else 0)

    def forget(self, key: str) -> None:
        """Nothing that is held back is sent on a key that ended."""
        self._held.pop(key, None)

    def _frames(self, key: str, frame: bytes) -> list[bytes]:
        if self._faults.take("lost_user_event"):
            return []
        if self._faults.take("duplicate_user_event"):
            return [frame, frame]
        held = self._held.pop(key, None)
        if held is not None:
            return [frame, held]
        if self._faults.take("reorder_user_event"):
            self._held[key] = frame
            return []
        return [frame]
