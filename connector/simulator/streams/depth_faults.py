"""What the faults of depth streams make of a frame on its way."""

from connector.simulator.fault_injection.faults import Faults


class DepthFaults:
    """The armed faults as the frames of one stream meet them."""

    def __init__(self, faults: Faults, stream: str) -> None:
        self._faults, self._stream = faults, stream
        self._held: bytes | None = None

    def gap(self) -> int:
        """How far the `pu` of the next frame is from the `u` before it."""
        return 1 if self._faults.take("depth_gap", self._stream) else 0

    def late_ms(self) -> int:
        """How late the next frame comes."""
        delay = self._faults.take("delay_depth", self._stream)
        return delay.ms if delay else 0

    def frames(self, frame: bytes) -> list[bytes]:
        """What is sent when `frame` is due."""
        if self._faults.take("drop_depth", self._stream):
            return []
        if self._faults.take("duplicate_depth", self._stream):
            return [frame, frame]
        if self._held is not None:
            held, self._held = self._held, None
            return [frame, held]
        if self._faults.take("reorder_depth", self._stream):
            self._held = frame
            return []
        return [frame]
