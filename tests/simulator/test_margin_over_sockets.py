"""Margin as a client meets it: what is posted, what may be moved or withdrawn, where it ends, and who pays then."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.simulator.market.default_instruments import BTCDOMUSDT, BTCUSDT
from tests.companions.simulator.socket_desk import SocketDesk, socket_desk

BTC, UNIT = "BTCUSDT", Decimal("0.00000001")
BTCUSDC = replace(BTCUSDT, symbol="BTCUSDC", quote="USDC")


async def isolated_long(desk: SocketDesk, price: str, quantity: str = "0.1", leverage: int = 20) -> None:
    await desk.mark(BTC, "60000")
    await desk.me("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    await desk.leverage(BTC, leverage)
    await desk.trade("BUY", BTC, quantity, price)


async def move(desk: SocketDesk, kind: int, amount: Decimal | str) -> int:
    """Adds (1) or removes (2) isolated margin; the code of the answer."""
    answer = await desk.me("POST", "/fapi/v1/positionMargin", symbol=BTC, amount=amount, type=kind)
    return int(answer["code"])


async def test_a_position_opened_away_from_the_mark_is_not_liquidated_by_that_alone() -> None:
    """125 x, mark 60,000, 1 BTC at 60,400: 483.20 of margin and 400 of opening loss, less a fee of 30.20."""
    async with socket_desk(BTCUSDT) as desk:
        await isolated_long(desk, "60400", "1", leverage=125)
        row = await desk.risk(BTC)
        assert (row["isolatedWallet"], row["isolatedMargin"]) == ("853.00000000", "453.00000000")
        assert 0 < Decimal(row["liquidationPrice"]) < 60_000
        desk.pulse(3)
        assert (await desk.risk(BTC))["positionAmt"] == "1.000"
        assert await desk.me("GET", "/fapi/v1/forceOrders") == []


async def test_the_most_that_may_be_withdrawn_counts_gains_and_leaves_to_the_unit() -> None:
    """Long 0.1 at 60,000, mark 61,000, a wallet of 9,997: 9,997 + 100 - 305."""
    async with socket_desk(BTCUSDT) as desk:
        await desk.trade("BUY", BTC, "0.1", "60000")
        await desk.mark(BTC, "61000")
        row = await desk.wallet()
        assert (row["balance"], row["maxWithdrawAmount"]) == ("9997.00000000", "9792.00000000")
        assert (await desk.pay_in(desk.me, "USDT", -9_792 - UNIT))["code"] == -2018
        assert (await desk.pay_in(desk.me, "USDT", "-9792"))["income"] == "-9792.00000000"
        assert (await desk.wallet())["maxWithdrawAmount"] == "0.00000000"


async def test_no_more_than_the_wallet_leaves_whatever_is_gained() -> None:
    async with socket_desk(BTCUSDT) as desk:
        await desk.trade("BUY", BTC, "0.1", "60000")
        await desk.mark(BTC, "75000")
        assert (await desk.wallet())["maxWithdrawAmount"] == "9997.00000000"
        assert (await desk.pay_in(desk.me, "USDT", -9_997 - UNIT))["code"] == -2018
        assert (await desk.pay_in(desk.me, "USDT", "-9997"))["income"] == "-9997.00000000"


async def test_orders_of_an_isolated_symbol_keep_their_margin_from_being_withdrawn() -> None:
    async with socket_desk(BTCUSDT) as desk:
        await desk.me("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
        await desk.me.order("BUY", "0.1", "59000")
        assert (await desk.wallet())["maxWithdrawAmount"] == "9705.00000000"


@pytest.mark.parametrize(("mark", "most"), [("61000", "595"), ("59000", "405"), ("75000", "770")])
async def test_margin_is_removed_down_to_what_is_needed_and_not_a_unit_further(mark: str, most: str) -> None:
    """800 posted for 0.1 at 60,000: less the initial margin at mark with the result, or less the maintenance alone."""
    async with socket_desk(BTCUSDT) as desk:
        await isolated_long(desk, "60000")
        assert await move(desk, 1, "503") == 200
        assert (await desk.risk(BTC))["isolatedWallet"] == "800.00000000"
        await desk.mark(BTC, mark)
        assert await move(desk, 2, Decimal(most) + UNIT) == -4051
        assert await move(desk, 2, most) == 200
        assert Decimal((await desk.risk(BTC))["isolatedWallet"]) == 800 - Decimal(most)


async def test_margin_is_added_up_to_what_is_free_and_not_a_unit_further() -> None:
    """10,000 less 297 posted and the fee of 3, and 300 that an order of the symbol holds."""
    async with socket_desk(BTCUSDT) as desk:
        await isolated_long(desk, "60000")
        await desk.me.order("BUY", "0.1", "60000")
        free = Decimal((await desk.wallet())["availableBalance"])
        assert free == 10_000 - 300 - 300
        assert await move(desk, 1, free + UNIT) == -4050
        assert await move(desk, 1, free) == 200
        assert (await desk.wallet())["availableBalance"] == "0.00000000"


async def test_a_market_order_costs_its_margin_at_the_assumed_price_and_its_opening_loss() -> None:
    """Best ask 60,010 x 1.0005 = 60,040.005, mark 60,000: a 20th of it and 40.005 for 1 BTC, and no fee."""
    async with socket_desk(BTCUSDT) as desk:
        await desk.mark(BTC, "60000")
        await desk.maker.order("SELL", "1", "60010")
        cost = Decimal("60040.005") / 20 + Decimal("40.005")
        await desk.have("USDT", str(cost - UNIT))
        assert (await desk.me.order("BUY", "1"))["code"] == -2019
        await desk.have("USDT", str(cost))
        assert "orderId" in await desk.me.order("BUY", "1")


async def test_a_price_far_from_the_mark_is_told_and_not_a_wrong_nought() -> None:
    """334.672 at 8,516.2 with nothing in the wallet; at a mark of 30,718.1 the default table's last bracket holds."""
    async with socket_desk(replace(BTCDOMUSDT, start_price=Decimal("8516.2")), deposit="2000000") as desk:
        await desk.leverage("BTCDOMUSDT", 2)
        await desk.trade("BUY", "BTCDOMUSDT", "334.672", "8516.2")
        await desk.mark("BTCDOMUSDT", "30718.1")
        await desk.have("USDT", "0")
        row = await desk.risk("BTCDOMUSDT")
        assert round(Decimal(row["liquidationPrice"]), 2) == Decimal("9135.52")
        await desk.mark("BTCDOMUSDT", row["liquidationPrice"])
        left = await desk.account()
        assert abs(Decimal(left["totalMarginBalance"]) - Decimal(left["totalMaintMargin"])) < Decimal("0.00001")


async def test_a_debt_is_exchanged_in_proportion_to_what_each_asset_holds() -> None:
    """15,000 USDT short; 1 BTC at 58,500 and 50 BNB at 570 are worth 87,000 to the automatic exchange."""
    async with socket_desk(BTCUSDT) as desk:
        await desk.have("USDT", "50")
        await desk.have("BTC", "1")
        await desk.have("BNB", "50")
        await desk.me("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
        await desk.trade("BUY", BTC, "1", "60000")
        await desk.local("PUT", "asset", asset="BTC", index="60000")
        await desk.mark(BTC, "40000")
        await desk.trade("SELL", BTC, "1", "40000")
        desk.pulse()
        rows = await desk.me("GET", "/fapi/v1/income", incomeType="AUTO_EXCHANGE")
        assert len(rows) == 3
        given = {row["asset"]: Decimal(row["income"]) for row in rows}
        assert given["USDT"] == 20_000
        for asset, held in (("BTC", 1), ("BNB", 50)):
            exact = held * Decimal(20_000) / 87_000
            assert 0 <= -given[asset] - exact < UNIT
        assert (await desk.wallet())["balance"] == "0.00000000"


async def test_each_margin_asset_has_an_insurance_fund_that_never_falls_below_zero() -> None:
    """A crash of BTCUSDC through what its fund has ends with deleveraging, and with a fund at nought."""
    async with socket_desk(BTCUSDT, BTCUSDC) as desk:
        (group,) = await desk.me("GET", "/fapi/v1/insuranceBalance")
        assert [(row["asset"], row["marginBalance"]) for row in group["assets"]] == [
            ("USDT", "1000000.00000000"),
            ("USDC", "1000000.00000000"),
        ]
        await desk.leverage("BTCUSDC", 25)
        await desk.have("USDC", "2250000")
        await desk.trade("BUY", "BTCUSDC", "900", "60000")
        await desk.mark("BTCUSDC", "58500")
        desk.pulse(2)
        assert Decimal((await desk.risk("BTCUSDC"))["positionAmt"]) < 300
        lowest = []
        for price in ("58000", "57000", "55000", "50000"):
            await desk.mark("BTCUSDC", price)
            row = await desk.me("GET", "/fapi/v1/insuranceBalance", symbol="BTCUSDC")
            lowest.append(Decimal(row["assets"][0]["marginBalance"]))
            desk.pulse(2)
        assert min(lowest) >= 0
        forced = await desk.maker("GET", "/fapi/v1/forceOrders", autoCloseType="ADL")
        assert {row["status"] for row in forced} == {"FILLED"}
        row = await desk.me("GET", "/fapi/v1/insuranceBalance", symbol="BTCUSDC")
        assert 0 <= Decimal(row["assets"][0]["marginBalance"]) < 100
        row = await desk.me("GET", "/fapi/v1/insuranceBalance", symbol=BTC)
        assert row["assets"][0]["marginBalance"] == "1000000.00000000"
