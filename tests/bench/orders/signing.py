"""What the bytes of one order's parameters cost over the WS-API, signed and not, by kind of key and by twin."""

import time
from collections.abc import Callable
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connector.core.secrets import Secret
from connector.core.twins import COMPILED
from connector.net import json_params
from connector.net.plain import json_params as plain
from connector.net.plain.hmac_key import HmacKey
from connector.net.sign import KeyPairSigner
from tests.companions.orders.quiet_connector import KEY, SECRET, SYMBOL

_BLOCKS, _IN_A_BLOCK = 200, 50
_ORDER = {
    "symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "positionSide": "BOTH", "quantity": "0.010",
    "newClientOrderId": "x-desk1B0123456789abcdef", "selfTradePreventionMode": "EXPIRE_MAKER", "timeInForce": "GTX",
    "price": "50000.1", "recvWindow": "5000", "timestamp": "1700000000000",
}  # fmt: skip


def measure() -> dict[str, float]:
    """Median microseconds of each way, in its turn; "HMAC, scalar" where this machine has no instructions for SHA-256.
    Without compiled parts the plain twin is alone."""
    named, own = {**_ORDER, "apiKey": KEY}, HmacKey(SECRET.encode())
    pair = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    by_pair = KeyPairSigner(Secret(KEY), Secret(pair.decode())).sign
    ways: dict[str, Callable[[], bytes]] = {
        "HMAC, plain": lambda: plain.signed_params(named, _signing(own)),
        "Ed25519": lambda: json_params.signed_params(named, by_pair),
        "logged on": lambda: json_params.json_params(_ORDER),
    }
    return {name: _median_us(way) for name, way in (_compiled_ways(named) | ways).items()}


def _compiled_ways(named: dict[str, str]) -> dict[str, Callable[[], bytes]]:
    if not COMPILED:
        return {}
    from connector.net.compiled import hmac_key
    from connector.net.compiled import json_params as compiled

    key = SECRET.encode()
    fast, scalar = hmac_key.HmacKey(key), hmac_key.HmacKey(key, by_machine=False)
    by_scalar = {"HMAC, scalar": lambda: compiled.signed_params(named, _signing(scalar))}
    if not hmac_key.HAS_SHA:
        return by_scalar
    return {"HMAC": lambda: compiled.signed_params(named, _signing(fast)), **by_scalar}


def _signing(key: HmacKey) -> Callable[[str], str]:
    return lambda payload: key.hex(payload.encode())


def _median_us(way: Callable[[], bytes]) -> float:
    clock, blocks = time.perf_counter_ns, list[float]()
    for _ in range(_BLOCKS):
        began = clock()
        for _ in range(_IN_A_BLOCK):
            way()
        blocks.append((clock() - began) / _IN_A_BLOCK / 1000)
    return median(blocks)
