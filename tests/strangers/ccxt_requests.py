"""What ccxt sends for an intent, one JSON line each: nothing leaves, its transport is a stub.

Argument: the exchange's first line as JSON; the contracts are read there. What an intent leaves open (the side of the
position in one-way mode, self-trade prevention) is said to ccxt as the product says it to the venue.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any

from ccxt_client import SYMBOL, client_of

#: Any that the reader knows.
SECRET = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
ALWAYS = {"clientOrderId": "desk1-1", "selfTradePreventionMode": "EXPIRE_MAKER"}
ONE_WAY, HEDGE = {**ALWAYS, "positionSide": "BOTH"}, {**ALWAYS, "hedged": True}
MODES, ACTIONS = {"ONEWAY": ONE_WAY, "HEDGE": HEDGE}, ("OPEN", "CLOSE", "CLOSE all")


class Captured:
    """Stands in for the transport: keeps what is about to leave, and answers with nothing much."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    async def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        self.requests.append({"url": url, "method": method, "headers": dict(headers or {}), "body": body or ""})
        return {"orderId": 1, "clientOrderId": "desk1-1", "symbol": "BTCUSDT", "status": "NEW", "leverage": 7}


#: By type and side: ccxt's word for the type, the price, and what is said beside it. ccxt adds no time in force to
#: conditional limit orders.
TERMS: dict[tuple[str, str], tuple[str, float | None, dict[str, Any]]] = {
    ("LIMIT", "BUY"): ("limit", 50_000, {}),
    ("LIMIT", "SELL"): ("limit", 70_000.5, {}),
    ("MARKET", "BUY"): ("market", None, {}),
    ("MARKET", "SELL"): ("market", None, {}),
    ("LIMIT_MAKER", "BUY"): ("limit", 50_000, {"postOnly": True}),
    ("LIMIT_MAKER", "SELL"): ("limit", 70_000, {"postOnly": True}),
    ("STOP", "BUY"): ("limit", 70_100, {"stopLossPrice": 70_000, "timeInForce": "GTC"}),
    ("STOP", "SELL"): ("limit", 49_000, {"stopLossPrice": 50_000, "timeInForce": "GTC"}),
    ("STOP_MARKET", "BUY"): ("market", None, {"stopLossPrice": 70_000}),
    ("STOP_MARKET", "SELL"): ("market", None, {"stopLossPrice": 50_000}),
    ("TAKE_PROFIT", "BUY"): ("limit", 50_100, {"takeProfitPrice": 50_000, "timeInForce": "GTC"}),
    ("TAKE_PROFIT", "SELL"): ("limit", 69_900, {"takeProfitPrice": 70_000, "timeInForce": "GTC"}),
    ("TAKE_PROFIT_MARKET", "BUY"): ("market", None, {"takeProfitPrice": 50_000}),
    ("TAKE_PROFIT_MARKET", "SELL"): ("market", None, {"takeProfitPrice": 70_000}),
    ("TRAILING_STOP_MARKET", "BUY"): ("market", None, {"trailingPercent": 0.5, "trailingTriggerPrice": 50_000}),
    ("TRAILING_STOP_MARKET", "SELL"): ("market", None, {"trailingPercent": 0.5, "trailingTriggerPrice": 70_000}),
}
PLAIN_TYPES = ("LIMIT", "MARKET", "LIMIT_MAKER")
CLOSING_ALL = ("STOP_MARKET", "TAKE_PROFIT_MARKET")
Show = Callable[[str, Awaitable[Any]], Awaitable[None]]


async def table(client: Any, show: Show) -> None:
    """Each mode, action, side and type by its name in the table of orders."""
    for mode, action, ((kind, side), (word, price, said)) in product(MODES, ACTIONS, TERMS.items()):
        terms = {**MODES[mode], **said} | ({} if kind in PLAIN_TYPES else {"workingType": "CONTRACT_PRICE"})
        if action == "CLOSE":
            terms["reduceOnly"] = True
        if action == "CLOSE all":
            if kind not in CLOSING_ALL:
                continue
            # ccxt turns `reduceOnly` into the side of a hedged position and spells what closes all by its own name.
            terms |= {"closePosition": True} | ({"reduceOnly": True} if mode == "HEDGE" else {})
        amount = None if action == "CLOSE all" else 0.01
        order = client.create_order(SYMBOL, word, side.lower(), amount, price, terms)
        await show(f"{mode} {action} {side} {kind}", order)


async def run(venue: dict[str, str]) -> int:
    client, captured = client_of(venue), Captured()
    await client.load_markets()
    client.fetch, client.secret = captured.fetch, SECRET

    async def show(intent: str, call: Awaitable[Any]) -> None:
        captured.requests.clear()
        # What it makes of the stub's answer is nobody's matter: what it sent is.
        await asyncio.gather(call, return_exceptions=True)
        (request,) = captured.requests
        sys.stdout.write(json.dumps({"step": intent, "held": True, "said": json.dumps(request)}) + "\n")

    def order(kind: str, side: str, price: float | None, terms: dict[str, Any]) -> Awaitable[Any]:
        made: Awaitable[Any] = client.create_order(SYMBOL, kind, side, 0.01, price, terms)
        return made

    named = {"clientOrderId": "desk1-1"}
    await show("limit buy", order("limit", "buy", 50_000, ONE_WAY))
    await show("limit sell", order("limit", "sell", 70_000.5, ONE_WAY))
    await show("market buy", order("market", "buy", None, ONE_WAY))
    await show("post-only sell", order("limit", "sell", 70_000, {**ONE_WAY, "postOnly": True}))
    await show("reduce-only limit sell", order("limit", "sell", 70_000, {**ONE_WAY, "reduceOnly": True}))
    await show("reduce-only market buy", order("market", "buy", None, {**ONE_WAY, "reduceOnly": True}))
    await show("immediate or cancel", order("limit", "buy", 50_000, {**ONE_WAY, "timeInForce": "IOC"}))
    await show("fill or kill", order("limit", "buy", 50_000, {**ONE_WAY, "timeInForce": "FOK"}))
    waits = {**ONE_WAY, "workingType": "CONTRACT_PRICE"}
    stop, profit = {**waits, "stopLossPrice": 50_000}, {**waits, "takeProfitPrice": 70_000}
    dated = {"timeInForce": "GTC"}
    await show("stop market", order("market", "sell", None, stop))
    await show("stop, reduce-only", order("limit", "sell", 49_000, {**stop, **dated, "reduceOnly": True}))
    await show("take profit market", order("market", "sell", None, profit))
    await show("take profit", order("limit", "sell", 70_100, {**profit, **dated}))
    trail = {"trailingPercent": 0.5, "trailingTriggerPrice": 70_000}
    await show("trailing stop", order("market", "sell", None, {**waits, **trail}))
    rows = [
        {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 0.01, "price": price, "params": ONE_WAY}
        for price in (50_000, 50_001)
    ]
    await show("several", client.create_orders(rows))
    await show("hedge: a long is opened", order("limit", "buy", 50_000, HEDGE))
    await show("hedge: a short is opened", order("market", "sell", None, HEDGE))
    await show("hedge: a long is closed", order("limit", "sell", 70_000, {**HEDGE, "reduceOnly": True}))
    await show("hedge: a short is closed", order("market", "buy", None, {**HEDGE, "reduceOnly": True}))
    await table(client, show)
    await show("cancel", client.cancel_order(None, SYMBOL, named))
    await show("query", client.fetch_order(None, SYMBOL, named))
    await show("open orders", client.fetch_open_orders(SYMBOL))
    await show("own trades from an id", client.fetch_my_trades(SYMBOL, None, 100, {"fromId": 5}))
    await show("leverage", client.set_leverage(7, SYMBOL))
    await show("hedge mode", client.set_position_mode(True))
    await show("one-way mode", client.set_position_mode(False))
    await client.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(json.loads(sys.argv[1]))))
