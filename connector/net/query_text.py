"""Parameters as the text of a query, percent-encoded: what is signed and what is sent.

Nearly every value is of letters that are spelt as they stand, and for those alone the general encoder is slow.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

#: What a value must have in it to need encoding.
_SPECIAL: Final = re.compile(r"[^A-Za-z0-9._~-]")


def query_text(params: Mapping[str, str]) -> str:
    """The query of `params`, in their order. Names are of letters and digits."""
    if _SPECIAL.search("".join(params.values())):
        return urlencode(params, quote_via=quote)
    return "&".join([f"{name}={value}" for name, value in params.items()])


def encoded(value: str) -> str:
    """One value of a query."""
    return value if value.isascii() and value.isalnum() else quote(value, safe="")
