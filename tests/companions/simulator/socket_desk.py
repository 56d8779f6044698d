"""Traders at a quiet exchange on a port: everything that they do or see goes over its sockets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import aiohttp

from connector.simulator.market.instruments import Instrument
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, SocketClient

RICH = Decimal(10**9)


class SocketDesk:
    """`me` is the ready-made account, `maker` has enough of everything."""

    def __init__(self, me: SocketClient, maker: SocketClient) -> None:
        self.me, self.maker = me, maker

    async def local(self, method: str, path: str, **params: object) -> Any:
        """The body of an answer of the exchange's own routes."""
        return (await self.me.raw(method, f"/local/v1/{path}", urlencode(params)))[2]

    async def mark(self, symbol: str, price: str) -> None:
        await self.local("POST", "mark", symbol=symbol, price=price)

    async def pay_in(self, client: SocketClient, asset: str, amount: str | Decimal) -> Any:
        """Moves an amount into a wallet, out of it when negative."""
        return await self.local("POST", "transfer", api_key=client.sender.api_key, asset=asset, amount=amount)

    async def wallet(self, asset: str = "USDT") -> Any:
        """My balance row of an asset."""
        return next(row for row in await self.me("GET", "/fapi/v3/balance") if row["asset"] == asset)

    async def have(self, asset: str, amount: str) -> None:
        """Pays in, or out, until my wallet holds just that much."""
        missing = Decimal(amount) - Decimal((await self.wallet(asset))["balance"])
        if missing:
            answer = await self.pay_in(self.me, asset, format(missing, "f"))
            assert "code" not in answer, answer

    async def trade(self, side: str, symbol: str, quantity: str, price: str) -> Any:
        """I take what the maker offers at that price."""
        other = "SELL" if side == "BUY" else "BUY"
        await self.maker.order(other, quantity, price, symbol=symbol)
        answer = await self.me.order(side, quantity, price, symbol=symbol)
        assert "orderId" in answer, answer
        return answer

    async def leverage(self, symbol: str, leverage: int) -> None:
        for client in (self.me, self.maker):
            await client("POST", "/fapi/v1/leverage", symbol=symbol, leverage=leverage)

    async def risk(self, symbol: str) -> Any:
        """My position row of a symbol."""
        (row,) = await self.me("GET", "/fapi/v3/positionRisk", symbol=symbol)
        return row

    def pulse(self, times: int = 1) -> None:
        """Lets the exchange do what is due by time or price, as it does by itself many times a second."""
        for _ in range(times):
            self.me.venue.runtime.pulse()

    async def account(self) -> Any:
        return await self.me("GET", "/fapi/v3/account")


@asynccontextmanager
async def socket_desk(*instruments: Instrument, deposit: str = "10000") -> AsyncIterator[SocketDesk]:
    """A quiet exchange that lists these contracts."""
    settings = replace(QUIET, instruments=instruments, deposit=Decimal(deposit))
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        runtime = venue.runtime
        me, maker = (SocketClient(session, venue, key) for key in (runtime.default_key, runtime.admit(RICH)))
        desk = SocketDesk(me, maker)
        for asset in {row.quote for row in instruments} - {"USDT"}:
            await desk.pay_in(maker, asset, RICH)
        try:
            yield desk
        finally:
            await me.close()
