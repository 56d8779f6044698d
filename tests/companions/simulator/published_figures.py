"""Worked figures of the venue's pages, and what comes out of a running exchange in the same situation.

Each scene sets up what a page supposes (its prices, amounts, and a bracket table that gives its maintenance), trades
over the sockets, and reads the answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from connector.simulator.market.default_instruments import BTCUSDT, ETHUSDT
from connector.simulator.market.instruments import Instrument, brackets_of
from tests.companions.simulator.socket_desk import socket_desk

COST = "87fa7ee33b574f7084d42bd2ce2e463b", "2026-01"
MULTI = "c983a9268cfa4e70a4916c276bb3b7bc", "2022-07-06"
LIQUIDATION = "b3c689c1f50a44cabb3a84e663b81d93", "2020-08-14"
EXCHANGE = "trading rules, multi-asset-info", "2026-11"


def contract(symbol: str, like: Instrument, price: str, *brackets: tuple[int, int, str]) -> Instrument:
    """A contract with ticks of a cent that starts at that price; its brackets, or those of `like` without any."""
    return replace(
        like,
        symbol=symbol,
        quote=symbol[-4:],
        tick=Decimal("0.01"),
        start_price=Decimal(price),
        brackets=brackets_of(brackets) if brackets else like.brackets,
    )


async def cost_to_open() -> Mapping[str, str]:
    """1 BTC at 9,253.30 with a leverage of 20; mark 9,259.84, last 9,258.99."""
    async with socket_desk(contract("BTCUSDT", BTCUSDT, "9259.84")) as desk:
        await desk.mark("BTCUSDT", "9259.84")
        await desk.trade("BUY", "BTCUSDT", "0.01", "9258.99")
        await desk.trade("SELL", "BTCUSDT", "0.01", "9258.99")
        found = {}
        for side in ("BUY", "SELL"):
            await desk.me.order(side, "1", "9253.30")
            found[side] = (await desk.account())["totalOpenOrderInitialMargin"]
            await desk.me("DELETE", "/fapi/v1/allOpenOrders", symbol="BTCUSDT")
        return found


async def several_assets() -> Mapping[str, str]:
    """200 USDT and 220 USDC; long 0.5 BTCUSDT at 20,000 (100 x) and 20 ETHUSDC at 600 (50 x)."""
    btc = contract("BTCUSDT", BTCUSDT, "20000", (125, 10**7, "0.008"))
    eth = contract("ETHUSDC", ETHUSDT, "600", (75, 10**7, "0.01"))
    async with socket_desk(btc, eth) as desk:
        await desk.local("PUT", "asset", asset="USDT", index="0.99", bid_buffer="0.01", ask_buffer="0.005")
        await desk.local("PUT", "asset", asset="USDC", index=1, bid_buffer=0, ask_buffer=0)
        await desk.leverage("BTCUSDT", 100)
        await desk.leverage("ETHUSDC", 50)
        await desk.have("USDT", "200")
        await desk.have("USDC", "220")
        found = {f"alone in {asset}": (await desk.wallet(asset))["availableBalance"] for asset in ("USDT", "USDC")}
        await desk.me("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
        found["equity"] = (await desk.account())["totalMarginBalance"]
        for asset in ("USDT", "USDC"):
            found[f"joint in {asset}"] = (await desk.wallet(asset))["availableBalance"]
        await desk.have("USDT", "220")
        await desk.trade("BUY", "BTCUSDT", "0.5", "20000")
        await desk.trade("BUY", "ETHUSDC", "20", "600")
        await desk.have("USDC", "220")
        await desk.have("USDT", "200")
        account = await desk.account()
        index = await desk.me("GET", "/fapi/v1/assetIndex", symbol="USDTUSD")
        ratio = Decimal(account["totalMaintMargin"]) / Decimal(account["totalMarginBalance"])
        return {
            **found,
            "bid": index["bidRate"],
            "ask": index["askRate"],
            "equity held": account["totalMarginBalance"],
            "maintenance": account["totalMaintMargin"],
            "available": account["availableBalance"],
            "ratio": f"{ratio * 100:.6f}",
            "in USDT": (await desk.wallet())["availableBalance"],
            "in USDC": (await desk.wallet("USDC"))["availableBalance"],
        }


async def liquidation() -> Mapping[str, str]:
    """1,535,443.01 USDT; long 3,683.979 ETHUSDT at 1,456.84 and 109.488 BTCUSDT at 32,481.98, cross.

    The page supposes rates of 10 % and 2.5 % with maintenance amounts of 135,365 and 16,300: brackets of 5 % up to
    2,707,300 and of 0.5 % up to 815,000 below them give those.
    """
    btc = contract("BTCUSDT", BTCUSDT, "32481.98", (50, 815_000, "0.005"), (20, 10**9, "0.025"))
    eth = contract("ETHUSDT", ETHUSDT, "1456.84", (50, 2_707_300, "0.05"), (20, 10**9, "0.1"))
    async with socket_desk(btc, eth, deposit="2000000") as desk:
        await desk.trade("BUY", "ETHUSDT", "3683.979", "1456.84")
        await desk.trade("BUY", "BTCUSDT", "109.488", "32481.98")
        await desk.have("USDT", "1535443.01")
        await desk.mark("ETHUSDT", "1335.18")
        await desk.mark("BTCUSDT", "31967.27")
        found = {}
        for symbol in ("BTCUSDT", "ETHUSDT"):
            row = await desk.risk(symbol)
            found[f"{symbol} result"], found[f"{symbol} maintenance"] = row["unRealizedProfit"], row["maintMargin"]
            found[symbol] = row["liquidationPrice"]
        return found


async def auto_exchange() -> Mapping[str, str]:
    """A debt of 20,000 in a stablecoin is paid out of BTC with a haircut of 2.5 %."""
    btcusdc = contract("BTCUSDC", BTCUSDT, "60000")
    async with socket_desk(BTCUSDT, btcusdc) as desk:
        await desk.local("PUT", "asset", asset="USDC", index=1, exchange_ask_buffer=0)
        await desk.have("USDT", "0")
        await desk.have("BTC", "3")
        await desk.have("USDC", "50")
        await desk.me("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
        await desk.trade("BUY", "BTCUSDC", "1", "60000")
        await desk.mark("BTCUSDC", "40000")
        await desk.trade("SELL", "BTCUSDC", "1", "40000")
        desk.pulse()
        rows = await desk.me("GET", "/fapi/v1/income", incomeType="AUTO_EXCHANGE")
        given = next(Decimal(row["income"]) for row in rows if row["asset"] == "BTC")
        bought = next(row["income"] for row in rows if row["asset"] == "USDC")
        return {"bought": bought, "worth": str(-given * 60_000)}


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of a page."""

    #: The page's id and date.
    page: tuple[str, str]
    what: str
    figure: str
    scene: Callable[[], Awaitable[Mapping[str, str]]]
    #: What the scene calls it.
    name: str

    @property
    def over_the_socket(self) -> str:
        """What a running exchange told."""
        return _measured(self.scene)[self.name]

    @property
    def is_equal(self) -> bool:
        """Whether the exchange's figure is the page's, to the decimals that the page prints."""
        printed = Decimal(self.figure)
        return Decimal(self.over_the_socket).quantize(printed, ROUND_HALF_UP) == printed


@cache
def _measured(scene: Callable[[], Awaitable[Mapping[str, str]]]) -> Mapping[str, str]:
    async def run() -> Mapping[str, str]:
        return await scene()

    return asyncio.run(run())


PUBLISHED = (
    Published(COST, "cost of a limit buy", "462.665", cost_to_open, "BUY"),
    Published(COST, "cost of a limit sell through the mark", "470.18392425", cost_to_open, "SELL"),
    Published(MULTI, "bid rate of USDT", "0.9801", several_assets, "bid"),
    Published(MULTI, "ask rate of USDT", "0.99495", several_assets, "ask"),
    Published(MULTI, "available of 200 USDT in single-asset mode", "200", several_assets, "alone in USDT"),
    Published(MULTI, "available of 220 USDC in single-asset mode", "220", several_assets, "alone in USDC"),
    Published(MULTI, "equity of 200 USDT and 220 USDC, in USD", "416.02", several_assets, "equity"),
    Published(MULTI, "available for orders of both together, in USDT", "418.13", several_assets, "joint in USDT"),
    Published(MULTI, "available for orders of both together, in USDC", "416.02", several_assets, "joint in USDC"),
    Published(MULTI, "equity with two positions, in USD", "416.02", several_assets, "equity held"),
    Published(MULTI, "maintenance of both positions, in USD", "199.596", several_assets, "maintenance"),
    Published(MULTI, "margin ratio of both positions, in percent", "47.98", several_assets, "ratio"),
    Published(MULTI, "available for orders, in USD", "76.525", several_assets, "available"),
    Published(MULTI, "available for orders, in USDT", "76.91", several_assets, "in USDT"),
    Published(MULTI, "available for orders, in USDC", "76.525", several_assets, "in USDC"),
    Published(LIQUIDATION, "result of long BTCUSDT", "-56354.57", liquidation, "BTCUSDT result"),
    Published(LIQUIDATION, "maintenance of long BTCUSDT", "71200.81144", liquidation, "BTCUSDT maintenance"),
    Published(LIQUIDATION, "liquidation price of long BTCUSDT", "26316.89", liquidation, "BTCUSDT"),
    Published(LIQUIDATION, "result of long ETHUSDT", "-448192.89", liquidation, "ETHUSDT result"),
    Published(LIQUIDATION, "maintenance of long ETHUSDT", "356512.508", liquidation, "ETHUSDT maintenance"),
    Published(LIQUIDATION, "liquidation price of long ETHUSDT", "1153.26", liquidation, "ETHUSDT"),
    Published(EXCHANGE, "worth of the BTC that pays a debt of 20,000", "20513", auto_exchange, "worth"),
)
