"""What a connector hands to the sockets of the WS-API, in that order."""

import contextlib
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from connector.net.http import HttpAnswer
from connector.net.ws_connection import Params, WsConnection


@contextlib.contextmanager
def written_names() -> Iterator[list[tuple[str, str]]]:
    """Method and client order id of each request at the moment at which its bytes were handed to a socket."""
    written: list[tuple[str, str]] = []
    ask = WsConnection.asked

    def asking(
        connection: WsConnection, method: str, params: Params, within_s: float, left: Callable[[], None] = lambda: None
    ) -> Coroutine[Any, Any, HttpAnswer]:
        def noted() -> None:
            named = json.loads(params)
            written.append((method, str(named.get("newClientOrderId") or named.get("origClientOrderId"))))
            left()

        return ask(connection, method, params, within_s, noted)

    WsConnection.asked = asking  # type: ignore[method-assign]
    try:
        yield written
    finally:
        WsConnection.asked = ask  # type: ignore[method-assign]
