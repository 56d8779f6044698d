"""HMAC-SHA256 with one key: the twin that is in use, by the rule of `core/twins.py`."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.net.plain.hmac_key import HmacKey
else:
    from connector.net.compiled.hmac_key import HmacKey

__all__ = ["HmacKey"]
