"""What no client in its right mind sends: made of the exchange's own route table, seeded, and bytes of no meaning."""

import json
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_plus

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import hmac_hex
from connector.simulator.local.local_routes import LOCAL_ROUTES
from connector.simulator.rest.routes import ROUTES
from connector.simulator.ws_api.methods import METHODS, SESSION_METHODS

NAMES = (
    "symbol", "side", "type", "quantity", "price", "timeInForce", "limit", "orderId", "origClientOrderId", "startTime",
    "endTime", "fromId", "leverage", "dualSidePosition", "recvWindow", "goodTillDate", "reduceOnly", "positionSide",
    "newClientOrderId", "priceMatch", "incomeType", "interval", "pair", "contractType", "marginType", "amount",
    "batchOrders", "orderIdList", "origClientOrderIdList", "countdownTime", "algoType", "algoId", "clientAlgoId",
    "triggerPrice", "activatePrice", "callbackRate", "workingType", "closePosition", "priceProtect", "modifyId",
    "selfTradePreventionMode", "newOrderRespType", "multiAssetsMargin", "feeBurn", "autoCloseType", "asset",
    "stopPrice", "timestamp", "signature", "apiKey", "deposit", "name", "times", "ms", "path", "stream", "api_key",
    "kind", "public_key", "addresses", "reading", "futures", "withdrawals", "returnRateLimits", "listenKey", "symbol.",
    "",
)  # fmt: skip
#: What a name usually stands for; `ORDER` of them make one.
FITTING: dict[str, tuple[str, ...]] = {
    "symbol": ("BTCUSDT", "BTCUSDT", "ETHUSDT"),
    "side": ("BUY", "SELL"),
    "type": ("LIMIT", "LIMIT", "MARKET", "STOP_MARKET", "TRAILING_STOP_MARKET", "1", "2"),
    "quantity": ("0.01", "0.002", "1", "0.0001", "1000000"),
    "price": ("59000", "60000.1", "60000.15", "61000", "1", "3000", "999999"),
    "timeInForce": ("GTC", "IOC", "FOK", "GTX", "GTD", "RPI"),
    "limit": ("5", "20", "1000", "1500"),
    "orderId": ("1", "17000000000000"),
    "origClientOrderId": ("mine",),
    "newClientOrderId": ("mine", "yours"),
    "leverage": ("1", "20", "125", "126"),
    "dualSidePosition": ("true", "false"),
    "goodTillDate": ("253402300798999",),
    "reduceOnly": ("true", "false"),
    "positionSide": ("BOTH", "LONG", "SHORT"),
    "priceMatch": ("NONE", "OPPONENT", "QUEUE_5"),
    "interval": ("1m", "1d"),
    "marginType": ("ISOLATED", "CROSSED"),
    "amount": ("1", "-1", "100000"),
    "asset": ("USDT", "BTC"),
    "algoType": ("CONDITIONAL",),
    "triggerPrice": ("59000", "61000"),
    "callbackRate": ("0.1", "5"),
    "selfTradePreventionMode": ("NONE", "EXPIRE_MAKER", "EXPIRE_BOTH"),
    "newOrderRespType": ("ACK", "RESULT"),
    "contractType": ("PERPETUAL",),
    "pair": ("BTCUSDT",),
    "deposit": ("1000",),
    "name": ("banned", "clock_skew", "stale_snapshot", "lost_user_event"),
    "times": ("0", "1"),
    "ms": ("0", "1"),
}
ORDER = ("symbol", "side", "type", "quantity", "price", "timeInForce")
WILD = (
    "", " ", "-1", "0", "-0", "1e9", "1E-400", "NaN", "Infinity", "-Infinity", "null", "undefined", "[]", "{}",
    "[[[[]]]]", "9" * 20, "9" * 21, "9" * 5_000, "0." + "0" * 30 + "1", "1" * 20 + "." + "9" * 20, "0x10", "١٢٣", "¼",
    "\x00", "\ufeff", "\U0001f4a5" * 40, "%", "%00", "%zz", "+", "&", "=", ";", "a" * 37, "'; DROP TABLE orders; --",
    "../../etc/passwd", '["a","b"]', "[1,2,3]", '[{"symbol":"BTCUSDT"}]', "[1e999]", "[null,[],{}]", "\u202e", "true ",
    "18446744073709551616", "9223372036854775807", "253402300799000", "币安USDT", "btcusdt", "TRUE", "\r\nX-Evil: 1",
)  # fmt: skip
METHODS_OF_HTTP = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW")


@dataclass(frozen=True)
class Rest:
    """A request in the bytes of HTTP/1.1; `is_head` has no body in its answer."""

    sent: bytes
    is_head: bool = False


class Soup:
    """Cooks for one sender; the same seed cooks the same."""

    def __init__(self, seed: int, sender: ApiKey, now_ms: int) -> None:
        self.random, self._sender, self._now_ms = Random(seed), sender, now_ms

    def value(self, name: str = "") -> str:
        """What a name may stand for, or what no name stands for."""
        kind, fitting = self.random.random(), FITTING.get(name, ("BTCUSDT", "0", "true"))
        if kind < 0.7:
            return self.random.choice(fitting)
        if kind < 0.95:
            return self.random.choice(WILD)
        letters = (self.random.randrange(128), self.random.randrange(0xD7FF))
        return "".join(chr(self.random.choice(letters)) for _ in range(6))

    def params(self) -> list[tuple[str, str]]:
        """Half of the time around an order; names may come twice."""
        names = [self.random.choice(NAMES) for _ in range(self.random.randrange(5))]
        if self.random.random() < 0.3:
            return [(name, self.value(name)) for name in names]
        order = [(name, self.random.choice(FITTING[name])) for name in ORDER]
        for _ in range(self.random.randrange(3)):
            name = self.random.choice(ORDER)
            order[ORDER.index(name)] = name, self.value(name)
        return order + [(name, self.random.choice(FITTING.get(name, WILD))) for name in names]

    def signed(self, text: str) -> str:
        """Mostly as it should be."""
        whole = f"{text}&timestamp={self._now_ms}&recvWindow=60000".lstrip("&")
        given = hmac_hex(self._sender.api_secret, whole.encode())
        return (
            f"{whole}&signature={given}" if self.random.random() < 0.93 else f"{whole}&signature={quote(self.value())}"
        )

    def rest(self, *, local: bool = False) -> Rest:
        """A row of the table, or nearly one, with whatever stands for its parameters."""
        rows = sorted(LOCAL_ROUTES if local else ROUTES)
        if self.random.random() < 0.5:
            rows = [row for row in rows if row[0] != "GET"]
        method, path = self.random.choice(rows)
        if self.random.random() < 0.05:
            method = self.random.choice(METHODS_OF_HTTP)
        if self.random.random() < 0.03:
            path += quote(self.value(), safe="/%")
        encode = self.random.choice((quote, quote_plus))
        parts = [f"{encode(name)}={encode(value)}" for name, value in self.params()]
        cut = self.random.randrange(len(parts) + 1) if method != "GET" else len(parts)
        query, body = "&".join(parts[:cut]), "&".join(parts[cut:])
        if not local:
            body, query = (self._around(query, body), query) if body else ("", self.signed(query))
        key = self._sender.api_key if self.random.random() < 0.97 else quote(self.value())
        head = f"{method} {path}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-MBX-APIKEY: {key}\r\n"
        if body:
            head += "Content-Type: application/x-www-form-urlencoded\r\n"
        return Rest(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode(), method == "HEAD")

    def _around(self, query: str, body: str) -> str:
        body = f"{body}&timestamp={self._now_ms}&recvWindow=60000"
        return f"{body}&signature={hmac_hex(self._sender.api_secret, (query + body).encode())}"

    def json_value(self, depth: int = 3) -> object:
        kind = self.random.randrange(9 if depth else 6)
        if kind >= 7:
            return {self.value(): self.json_value(depth - 1) for _ in range(self.random.randrange(3))}
        if kind == 6:
            return [self.json_value(depth - 1) for _ in range(self.random.randrange(3))]
        choices = (None, True, self.random.randrange(-(2**70), 2**70), self.random.uniform(-1e300, 1e300), self.value())
        return (*choices, "\ud800")[kind]

    def ws_api(self) -> bytes:
        """A frame for the WS-API; always text that a server has to answer."""
        kind = self.random.random()
        if kind < 0.1:
            return self.value().encode()
        if kind < 0.2:
            return json.dumps(self.json_value()).encode()
        if kind < 0.25:
            return json.dumps({"id": 1, "method": "order.place"}).encode()[: self.random.randrange(40)]
        method = self.random.choice((*METHODS, *SESSION_METHODS))
        params: dict[str, object] = dict(self.params())
        if self.random.random() < 0.2:
            params[self.random.choice(NAMES)] = self.json_value()
        params |= {"apiKey": self._sender.api_key, "timestamp": self._now_ms, "recvWindow": 60_000}
        params.pop("signature", None)
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params)).encode(errors="replace")
        params["signature"] = hmac_hex(self._sender.api_secret, payload)
        request_id = self.json_value() if self.random.random() < 0.2 else self.random.randrange(10_000)
        return json.dumps({"id": request_id, "method": method, "params": params}).encode()

    def control(self) -> bytes:
        """A control message for a stream connection."""
        if self.random.random() < 0.3:
            return self.ws_api()
        methods = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY", self.value())
        names = ("btcusdt@depth", "btcusdt@trade", "!bookTicker", "combined", "x@y@z", "@", self.value())
        params = [self.random.choice((*names, True, self.json_value())) for _ in range(self.random.randrange(4))]
        row = {"method": self.random.choice(methods), "params": params, "id": self.json_value(1)}
        return json.dumps(row).encode()

    def bytes(self) -> bytes:
        return self.random.randbytes(self.random.randrange(1, 200))
