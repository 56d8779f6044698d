"""Whom the venue's protection against overload (-1008) leaves alone: cancels, and orders that only close.

Source: "503 Service Unavailable" of the venue's general information (2025-10): reduce-only and close-position orders,
and in hedge mode sells of LONG and buys of SHORT.
"""

from collections.abc import Mapping

OVERLOADED = "overloaded_1008"
_CLOSING = {("LONG", "SELL"), ("SHORT", "BUY")}


def is_spared(method: str, sent: Mapping[str, str]) -> bool:
    """Whether such a request passes."""
    closes = "true" in (sent.get("reduceOnly", "").lower(), sent.get("closePosition", "").lower())
    return method == "DELETE" or closes or (sent.get("positionSide"), sent.get("side")) in _CLOSING
