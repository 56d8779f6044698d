"""A listener at the hub that keeps what it gets."""

import json
from typing import Any

from connector.core.clock import ManualClock
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.wire_frames import StreamFrame


class Listener:
    """Keeps what it is subscribed to; `combined` gets it wrapped."""

    def __init__(self, hub: Hub, *names: str, combined: bool = False) -> None:
        self.combined, self.frames, self.is_cut, self.is_closed = combined, list[bytes](), False, False
        hub.join(self)
        for name in names:
            hub.subscribe(name, self)

    def deliver(self, frame: StreamFrame) -> None:
        self.frames.append(frame.wrapped_payload() if self.combined else frame.payload)

    def cut(self) -> None:
        self.is_cut = True

    def close(self) -> None:
        self.is_closed = True

    def received(self) -> list[Any]:
        """What came since the last call, decoded."""
        frames, self.frames = self.frames, []
        return [json.loads(frame) for frame in frames]


def hub_and_clock() -> tuple[Hub, ManualClock]:
    clock = ManualClock(1_000)
    return Hub(clock.monotonic_ms), clock
