"""Parameters as the WS-API takes them, a JSON object: the specification of the compiled twin.

Whole numbers are numbers there, all else is text. Signed is what a query of them, sorted by name, would be.
"""

from collections.abc import Callable, Mapping

import ujson

from connector.net.query_text import query_text
from connector.venue.endpoints import INTEGER_PARAMS


def json_params(params: Mapping[str, str]) -> bytes:
    """In their order."""
    spelt = {name: int(value) if name in INTEGER_PARAMS else value for name, value in params.items()}
    return ujson.dumps(spelt, escape_forward_slashes=False).encode()


def signed_params(params: Mapping[str, str], sign: Callable[[str], str]) -> bytes:
    """The same with their signature at the end."""
    payload = query_text(dict(sorted(params.items())))
    return json_params({**params, "signature": sign(payload)})
