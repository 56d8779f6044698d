"""The same loop on ccxt.pro: `python -m tests.bench.ccxt_loop ADDRESS WAY WARM_UP TICKS PACE`, in the strangers' own
environment. WAY is a value of `replace_on_touch`, PACE in ms. Prints one object: the samples in µs by name.

It watches the book of a market that this process writes, and answers each frame over the WS-API at ADDRESS: by a change
of its order, or by a cancel and a new order, neither waiting for the other. Its rate limiter is off, its list of
markets and its first snapshot are given to it; all else is as it comes. Times are from the end of the frame's send to
the end of the answer's send.
"""

import asyncio
import json
import sys
from typing import Any

import ccxt.pro as ccxt

from tests.bench.frame_sender import FrameSender
from tests.bench.stamping_loop import StampingLoop

SYMBOL = "BTC/USDT:USDT"
_SNAPSHOT = {"symbol": SYMBOL, "nonce": 1000, "bids": [[59_990.0, 1.0]], "asks": [[60_010.0, 1.0]]}
_MARKET = {
    "symbol": "BTCUSDT", "pair": "BTCUSDT", "contractType": "PERPETUAL", "status": "TRADING", "baseAsset": "BTC",
    "quoteAsset": "USDT", "marginAsset": "USDT", "pricePrecision": 2, "quantityPrecision": 3, "onboardDate": 0,
    "deliveryDate": 4133404800000, "orderTypes": ["LIMIT"], "timeInForce": ["GTC", "GTX"],
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.1", "maxPrice": "1000000", "tickSize": "0.10"},
        {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": "0.001"},
    ],
}  # fmt: skip


#: The part of all frames that may be left out of the samples.
_MOST_ODD = 0.05
#: Of the loop, after which it waits or has answered.
_TURNS_TO_WAIT = 20


def client_at(market: str, ws_api: str) -> Any:
    client = ccxt.binanceusdm({"apiKey": "the-key", "secret": "the-secret", "enableRateLimit": False})
    client.set_markets([client.parse_market(_MARKET)])
    client.urls["api"]["ws"]["linear"] = market
    client.urls["api"]["ws"]["ws-api"]["linear"] = ws_api

    async def snapshot(*_: object, **__: object) -> dict[str, object]:
        return client.deep_extend(_SNAPSHOT)

    client.fetch_rest_order_book_safe = client.fetch_order_book = snapshot
    return client


def depth(number: int) -> bytes:
    """Depth that moves the touch by a whole unit and back, in sequence after the frame before."""
    is_low = number % 2 == 1
    bids = [["59990.0", "1.0" if is_low else "0.0"], ["59991.0", "0.0" if is_low else "1.0"]]
    asks = [["60010.0", "0.0" if is_low else "1.0"], ["60011.0", "1.0" if is_low else "0.0"]]
    told = {
        "e": "depthUpdate", "E": 1_700_000_000_000, "T": 1_700_000_000_000, "s": "BTCUSDT", "U": 1001 + number,
        "u": 1001 + number, "pu": 1000 + number, "b": bids, "a": asks,
    }  # fmt: skip
    return json.dumps({"stream": "btcusdt@depth@100ms", "data": told}).encode()


class Trader:
    """One order that follows the middle of the book."""

    def __init__(self, client: Any, *, changes: bool) -> None:
        self._client = client
        self._changes = changes
        self._order = "1"

    async def answer(self) -> None:
        """Waits for the next change of the book, and for the answers to what it asks for then."""
        book = await self._client.watch_order_book(SYMBOL)
        price = (book["bids"][0][0] + book["asks"][0][0]) / 2 * (1 - 0.000513)
        if self._changes:
            await self._client.edit_order_ws(self._order, SYMBOL, "limit", "buy", 0.01, price)
            return
        terms = SYMBOL, "limit", "buy", 0.01, price, {"timeInForce": "GTX"}
        gone, placed = await asyncio.gather(
            self._client.cancel_order_ws(self._order, SYMBOL), self._client.create_order_ws(*terms)
        )
        self._order = placed["id"] or gone["id"]


async def _waiting(trader: Trader, sent_ns: list[int]) -> "asyncio.Task[None]":
    """The trader, waiting for the next frame: what an earlier one still told it is answered first."""
    while True:
        sent_ns.clear()
        answering = asyncio.create_task(trader.answer())
        for _ in range(_TURNS_TO_WAIT):
            await asyncio.sleep(0)
        if not sent_ns:
            return answering
        await asyncio.wait_for(answering, 10)


async def measured(ws_api: str, counts: tuple[int, int], pace_ms: float, *, changes: bool) -> dict[str, list[float]]:
    """Samples by name."""
    market = FrameSender()
    client = client_at(market.address, ws_api)
    sent_ns = asyncio.get_running_loop().sent_ns  # type: ignore[attr-defined]
    trader, (warm_up, ticks) = Trader(client, changes=changes), counts
    names = ["ccxt-modify"] if changes else ["ccxt-cancel", "ccxt-replace"]
    samples: dict[str, list[float]] = {name: [] for name in names}
    odd = 0
    try:
        first = asyncio.create_task(client.watch_order_book(SYMBOL))
        await asyncio.sleep(0.3)
        market.send(b'{"result":null,"id":1}')
        await asyncio.sleep(0.3)
        market.send(depth(0))
        await asyncio.wait_for(first, 10)
        for number in range(1, warm_up + ticks):
            answering = await _waiting(trader, sent_ns)
            await asyncio.sleep(pace_ms / 1000)
            sent_ns.clear()
            began_ns = market.send(depth(number))
            await asyncio.wait_for(answering, 10)
            if number < warm_up:
                continue
            if len(sent_ns) != len(names):
                odd += 1  # it was woken by an earlier change, and answered before this frame
                continue
            for name, at_ns in zip(names, sent_ns, strict=True):
                samples[name].append((at_ns - began_ns) / 1000)
    finally:
        await client.close()
        market.close()
    if odd > ticks * _MOST_ODD:
        raise RuntimeError(f"{odd} of {ticks} frames were not answered by {len(names)} sends: the figures mean nothing")
    return samples


if __name__ == "__main__":
    address, way, *numbers = sys.argv[1:]
    warmed, counted, pace = (int(number) for number in numbers)
    with asyncio.Runner(loop_factory=StampingLoop) as runner:
        print(json.dumps(runner.run(measured(address, (warmed, counted), pace, changes=way == "modify"))))
