"""Recorded traffic: what was received, when, and what kind of thing it was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One WebSocket frame as received. `received_ns` since the epoch; `frame` is the venue's own bytes."""

    received_ns: int
    frame: bytes


@dataclass(frozen=True, slots=True)
class CapturedSnapshot:
    """One depth snapshot's body as received. `symbol` is empty where the capture holds one symbol only."""

    received_ns: int
    symbol: str
    body: bytes


CaptureRecord = CapturedFrame | CapturedSnapshot
