"""Answers and frames in which a field says something else: any text at all, JSON or not.

A field is named by its way from the outermost object, as in `o.X` or `symbols.filters.tickSize`; a list on the way
stands for each of its elements.
"""

import json
from typing import Any

from connector.simulator.fault_injection.faults import Armed, Faults
from connector.simulator.json_bytes import frame_of

ANSWER, HEADER, FRAME = "altered_answer", "altered_header", "altered_frame"
_MARK = "altered here, and nowhere else"


def altered(body: bytes, field: str, value: str) -> bytes | None:
    """`body` with `value` as it is in place of what the field said; None where it has no such field."""
    try:
        told = json.loads(body)
    except ValueError:
        return None
    if not _mark(told, field.split(".")):
        return None
    return frame_of(told).replace(f'"{_MARK}"'.encode(), value.encode(errors="surrogateescape"))


def altered_frame(faults: Faults, stream: str, frame: bytes, event: str) -> bytes:
    """A frame on its way, altered where the fault strikes it; one without the field is not struck."""
    armed = faults.peek(FRAME)
    if armed is None or armed.stream not in ("", stream) or armed.event not in ("", event):
        return frame
    found = altered(frame, armed.field, armed.value)
    if found is None:
        return frame
    faults.take(FRAME, stream, event)
    return found


def altered_answer(faults: Faults, armed: Armed, body: bytes, under: str = "") -> bytes:
    """An answer whose field is altered, found below `under`; one without the field is not struck."""
    found = altered(body, f"{under}{armed.field}", armed.value)
    if found is None:
        faults.give_back(armed)
        return body
    return found


def _mark(told: Any, way: list[str]) -> bool:
    if isinstance(told, list):
        return sum(_mark(each, way) for each in told) > 0
    if not isinstance(told, dict) or way[0] not in told:
        return False
    if len(way) > 1:
        return _mark(told[way[0]], way[1:])
    told[way[0]] = _MARK
    return True
