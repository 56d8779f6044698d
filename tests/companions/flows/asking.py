"""Asks a local exchange by itself: what is true there, whatever the bot believes."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp


async def asks(rest: str, key: str, secret: str, path: str, **params: str) -> Any:
    """One signed read of an account."""
    query = urlencode({**params, "timestamp": str(round(time.time() * 1000))})
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    address = f"{rest}{path}?{query}&signature={signature}"
    async with aiohttp.ClientSession() as session, session.get(address, headers={"X-MBX-APIKEY": key}) as answer:
        return json.loads(await answer.read())


async def trades(rest: str, key: str, secret: str, symbol: str, side: str, quantity: str) -> Any:
    """One market order by another hand, with the same key."""
    query = urlencode(
        {
            "symbol": symbol,
            "side": side,
            "type": "MARKET",
            "quantity": quantity,
            "newClientOrderId": f"hand-{time.time_ns()}",
            "timestamp": str(round(time.time() * 1000)),
        }
    )
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    address = f"{rest}/fapi/v1/order?{query}&signature={signature}"
    async with aiohttp.ClientSession() as session, session.post(address, headers={"X-MBX-APIKEY": key}) as answer:
        return json.loads(await answer.read())


async def faults(rest: str, name: str, **terms: str) -> None:
    """Arms a fault of a running local exchange."""
    address, params = f"{rest}/local/v1/faults", {"name": name, **terms}
    async with aiohttp.ClientSession() as session, session.post(address, params=params) as answer:
        assert answer.status == 200, await answer.text()


async def told(rest: str, method: str, path: str, **terms: str) -> None:
    """Tells a running local exchange something of its own (`/local/v1`)."""
    address = f"{rest}/local/v1/{path}"
    async with aiohttp.ClientSession() as session, session.request(method, address, params=terms) as answer:
        assert answer.status == 200, await answer.text()


async def burns_fees(rest: str, key: str, secret: str, bnb: str) -> None:
    """Brings BNB into the futures wallet, and lets fees be paid in it."""
    query = urlencode({"feeBurn": "true", "timestamp": str(round(time.time() * 1000))})
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    async with aiohttp.ClientSession() as session:
        brought = {"api_key": key, "asset": "BNB", "amount": bnb}
        async with session.post(f"{rest}/local/v1/transfer", params=brought) as answer:
            assert answer.status == 200, await answer.text()
        address = f"{rest}/fapi/v1/feeBurn?{query}&signature={signature}"
        async with session.post(address, headers={"X-MBX-APIKEY": key}) as answer:
            assert answer.status == 200, await answer.text()
