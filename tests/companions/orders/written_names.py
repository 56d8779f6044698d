"""What a connector hands to the sockets of the WS-API, in that order."""

import contextlib
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from connector.net.http import HttpAnswer
from connector.net.ws_connection import WsConnection


@contextlib.contextmanager
def written_names() -> Iterator[list[tuple[str, str]]]:
    """Method and client order id of each request at the moment at which its last byte was handed to the system."""
    written: list[tuple[str, str]] = []
    has_left = WsConnection.has_left

    def noting(
        connection: WsConnection, message: bytes, number: int, asked_ms: int, within_s: float, left: Callable[[], None]
    ) -> Coroutine[Any, Any, HttpAnswer]:
        def noted() -> None:
            asked = json.loads(message)
            named = asked["params"]
            written.append((asked["method"], str(named.get("newClientOrderId") or named.get("origClientOrderId"))))
            left()

        return has_left(connection, message, number, asked_ms, within_s, noted)

    WsConnection.has_left = noting  # type: ignore[method-assign]
    try:
        yield written
    finally:
        WsConnection.has_left = has_left  # type: ignore[method-assign]
