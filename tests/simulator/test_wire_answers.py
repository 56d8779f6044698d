"""Each answer in its situation, over real sockets: keys, their order, types and spelling.

The fixtures stand in `payloads/wire_shapes`: a field, its place, or its spelling that changes is seen here.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.payloads.algo_payloads import CONDITIONAL
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, SocketClient
from tests.companions.simulator.wire_shapes import mismatches
from tests.companions.simulator.ws_callers import ws_signed

BTC, ORDER, ALGO = "BTCUSDT", "/fapi/v1/order", "/fapi/v1/algoOrder"
LIMIT = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "59000"}


@pytest.fixture
async def other(client: SocketClient, venue: LocalExchange) -> SocketClient:
    return SocketClient(client.session, venue, venue.admit(Decimal(1_000_000)))


@pytest.fixture
async def holder(client: SocketClient, other: SocketClient) -> SocketClient:
    """Long 0.02 at 60,000, with an order that was changed once resting at 59,001."""
    await other.order("SELL", "0.02", "60000")
    await client.order("BUY", "0.02", newClientOrderId="filled")
    await client("POST", ORDER, **LIMIT, newClientOrderId="resting")
    change = {"symbol": BTC, "side": "BUY", "origClientOrderId": "resting", "quantity": "0.01"}
    await client("PUT", ORDER, **change, price="59001", modifyId=71)
    return client


@pytest.fixture
async def whole() -> AsyncIterator[SocketClient]:
    """Everything that is listed when nobody says otherwise."""
    settings = replace(QUIET, instruments=DEFAULT_INSTRUMENTS)
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        yield SocketClient(session, venue, venue.runtime.default_key)


async def answered(client: SocketClient, fixture: str, *asked: tuple[str, str, str, dict[str, object]]) -> None:
    """Each request, in this order, is answered in its shape."""
    found = [(shape, await client(method, path, **params)) for shape, method, path, params in asked]
    assert mismatches(found, fixture) == []


async def test_orders_placed_changed_and_cancelled(client: SocketClient, other: SocketClient) -> None:
    change = {"symbol": BTC, "side": "BUY", "origClientOrderId": "mine", "quantity": "0.02", "price": "59001"}
    await other.order("SELL", "0.01", "60000")
    await answered(
        client,
        "order_answers",
        ("checked", "POST", "/fapi/v1/order/test", {**LIMIT, "newClientOrderId": "mine"}),
        ("ack", "POST", ORDER, {**LIMIT, "newClientOrderId": "mine"}),
        ("modified", "PUT", ORDER, {**change, "modifyId": 71}),
        ("countdown", "POST", "/fapi/v1/countdownCancelAll", {"symbol": BTC, "countdownTime": 60_000}),
        ("canceled", "DELETE", ORDER, {"symbol": BTC, "origClientOrderId": "mine"}),
        ("all_canceled", "DELETE", "/fapi/v1/allOpenOrders", {"symbol": BTC}),
        ("all_canceled", "DELETE", "/fapi/v1/algoOpenOrders", {"symbol": BTC}),
        ("refused_in_a_batch", "DELETE", "/fapi/v1/batchOrders", {"symbol": BTC, "orderIdList": "[1,2]"}),
    )
    bought = {"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": "0.01", "newOrderRespType": "RESULT"}
    await answered(client, "order_answers", ("market_result", "POST", ORDER, bought))


async def test_orders_looked_up(holder: SocketClient) -> None:
    resting: dict[str, object] = {"symbol": BTC, "origClientOrderId": "resting"}
    await answered(
        holder,
        "order_answers",
        ("open_order", "GET", ORDER, resting),
        ("open_order", "GET", "/fapi/v1/openOrder", resting),
        ("open_orders", "GET", "/fapi/v1/openOrders", {}),
        ("filled_order", "GET", ORDER, {"symbol": BTC, "origClientOrderId": "filled"}),
        ("all_orders", "GET", "/fapi/v1/allOrders", {"symbol": BTC}),
        ("all_orders", "GET", "/fapi/v1/allOrders", {}),
        ("amendments", "GET", "/fapi/v1/orderAmendment", {"symbol": BTC}),
        ("user_trades", "GET", "/fapi/v1/userTrades", {"symbol": BTC}),
    )


async def test_orders_that_the_exchange_forced(holder: SocketClient) -> None:
    address = f"{holder.venue.rest}/local/v1/adl"
    async with holder.session.post(address, params={"api_key": holder.sender.api_key, "symbol": BTC}) as reply:
        assert reply.status == 200
    await answered(holder, "order_answers", ("forced_orders", "GET", "/fapi/v1/forceOrders", {"symbol": BTC}))


async def test_conditional_orders(client: SocketClient, other: SocketClient) -> None:
    mine: dict[str, object] = {"clientAlgoId": "mine"}
    aim = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "quantity": "0.01", **mine}
    await answered(
        client,
        "order_answers",
        ("algo_ack", "POST", ALGO, {**aim, "type": "TAKE_PROFIT", "price": "61000", "triggerPrice": "61000"}),
        ("algo_waiting", "GET", ALGO, mine),
        ("algo_listed", "GET", "/fapi/v1/openAlgoOrders", {}),
        ("algo_listed", "GET", "/fapi/v1/allAlgoOrders", {"symbol": BTC}),
        ("algo_canceled", "DELETE", ALGO, mine),
    )
    await other.order("SELL", "0.01", "60000")
    await client.order("BUY", "0.01")
    await other.order("BUY", "0.05", "58900")
    stop = {**aim, "type": "STOP_MARKET", "triggerPrice": "59000", "reduceOnly": "true"}
    placed = await client("POST", ALGO, **stop)
    third = SocketClient(client.session, client.venue, client.venue.admit(Decimal(1_000_000)))
    await third.order("SELL", "0.01")
    await answered(client, "order_answers", ("algo_finished", "GET", ALGO, {"algoId": placed["algoId"]}))


async def test_the_account(holder: SocketClient) -> None:
    address = f"{holder.venue.rest}/local/v1/transfer"
    moved = {"api_key": holder.sender.api_key, "asset": "USDT", "amount": "5"}
    async with holder.session.post(address, params=moved) as reply:
        assert reply.status == 200
    await answered(
        holder,
        "account_answers",
        ("balance", "GET", "/fapi/v2/balance", {}),
        ("balance", "GET", "/fapi/v3/balance", {}),
        ("account", "GET", "/fapi/v3/account", {}),
        ("account_v2", "GET", "/fapi/v2/account", {}),
        ("income_of_trades", "GET", "/fapi/v1/income", {"incomeType": "COMMISSION"}),
        ("income_of_transfers", "GET", "/fapi/v1/income", {"incomeType": "TRANSFER"}),
        ("account_config", "GET", "/fapi/v1/accountConfig", {}),
        ("symbol_config", "GET", "/fapi/v1/symbolConfig", {"symbol": BTC}),
        ("commission_rate", "GET", "/fapi/v1/commissionRate", {"symbol": BTC}),
        ("leverage_bracket", "GET", "/fapi/v1/leverageBracket", {"symbol": BTC}),
        ("order_limits", "GET", "/fapi/v1/rateLimit/order", {}),
        ("fee_burn", "GET", "/fapi/v1/feeBurn", {}),
        ("multi_assets", "GET", "/fapi/v1/multiAssetsMargin", {}),
        ("position_mode", "GET", "/fapi/v1/positionSide/dual", {}),
        ("trading_status", "GET", "/fapi/v1/apiTradingStatus", {}),
        ("listen_key", "POST", "/fapi/v1/listenKey", {}),
        ("listen_key", "PUT", "/fapi/v1/listenKey", {}),
    )


async def test_positions_across(holder: SocketClient) -> None:
    await answered(
        holder,
        "account_answers",
        ("position_risk", "GET", "/fapi/v3/positionRisk", {}),
        ("position_risk_v2", "GET", "/fapi/v2/positionRisk", {"symbol": BTC}),
        ("position_risk_v2_flat", "GET", "/fapi/v2/positionRisk", {"symbol": "ETHUSDT"}),
        ("adl_quantile", "GET", "/fapi/v1/adlQuantile", {}),
        ("leverage", "POST", "/fapi/v1/leverage", {"symbol": BTC, "leverage": 7}),
        ("success", "POST", "/fapi/v1/feeBurn", {"feeBurn": "true"}),
    )


async def test_an_isolated_position(client: SocketClient, other: SocketClient) -> None:
    isolate = ("success", "POST", "/fapi/v1/marginType", {"symbol": BTC, "marginType": "ISOLATED"})
    await answered(client, "account_answers", isolate)
    await other.order("SELL", "0.02", "60000")
    await client.order("BUY", "0.02")
    await answered(
        client,
        "account_answers",
        ("margin_added", "POST", "/fapi/v1/positionMargin", {"symbol": BTC, "amount": "10", "type": 1}),
        ("margin_history", "GET", "/fapi/v1/positionMargin/history", {"symbol": BTC}),
        ("position_risk_isolated", "GET", "/fapi/v3/positionRisk", {"symbol": BTC}),
    )


async def test_modes_that_are_switched(client: SocketClient) -> None:
    await answered(
        client,
        "account_answers",
        ("success", "POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"}),
        ("success", "POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "true"}),
    )


async def test_the_market(holder: SocketClient) -> None:
    async with holder.session.post(f"{holder.venue.rest}/local/v1/funding", params={"symbol": BTC}) as reply:
        assert reply.status == 200
    of: dict[str, object] = {"symbol": BTC}
    minutes: dict[str, object] = {"interval": "1m"}
    await answered(
        holder,
        "market_answers",
        ("ping", "GET", "/fapi/v1/ping", {}),
        ("time", "GET", "/fapi/v1/time", {}),
        ("exchange_info", "GET", "/fapi/v1/exchangeInfo", {}),
        ("depth", "GET", "/fapi/v1/depth", of),
        ("depth", "GET", "/fapi/v1/rpiDepth", of),
        ("trades", "GET", "/fapi/v1/trades", of),
        ("trades", "GET", "/fapi/v1/historicalTrades", of),
        ("aggregate_trades", "GET", "/fapi/v1/aggTrades", of),
        ("klines", "GET", "/fapi/v1/klines", {**of, **minutes}),
        ("klines", "GET", "/fapi/v1/continuousKlines", {"pair": BTC, "contractType": "PERPETUAL", **minutes}),
        ("sampled_klines", "GET", "/fapi/v1/markPriceKlines", {**of, **minutes}),
        ("sampled_klines", "GET", "/fapi/v1/premiumIndexKlines", {**of, **minutes}),
        ("sampled_klines", "GET", "/fapi/v1/indexPriceKlines", {"pair": BTC, **minutes}),
        ("premium_index", "GET", "/fapi/v1/premiumIndex", of),
        ("funding_rates", "GET", "/fapi/v1/fundingRate", of),
        ("funding_info", "GET", "/fapi/v1/fundingInfo", {}),
        ("day", "GET", "/fapi/v1/ticker/24hr", of),
        ("price", "GET", "/fapi/v1/ticker/price", of),
        ("price", "GET", "/fapi/v2/ticker/price", of),
        ("book_ticker", "GET", "/fapi/v1/ticker/bookTicker", of),
        ("open_interest", "GET", "/fapi/v1/openInterest", of),
        ("constituents", "GET", "/fapi/v1/constituents", of),
        ("adl_risk", "GET", "/fapi/v1/symbolAdlRisk", of),
        ("insurance", "GET", "/fapi/v1/insuranceBalance", of),
    )


async def test_indices(whole: SocketClient) -> None:
    await answered(
        whole,
        "market_answers",
        ("index_info", "GET", "/fapi/v1/indexInfo", {"symbol": "BTCDOMUSDT"}),
        ("asset_index", "GET", "/fapi/v1/assetIndex", {"symbol": "ETHUSD"}),
    )
    (row,) = await whole("GET", "/fapi/v1/indexInfo")
    assert mismatches([("index_info", row)], "market_answers") == []


async def test_the_ws_api_answers_in_the_same_shapes(holder: SocketClient) -> None:
    socket = await holder.open("/ws-fapi/v1")

    async def ask(method: str, **params: object) -> Any:
        timed = {**params, "timestamp": time.time_ns() // 1_000_000}
        await socket.send_json({"id": 1, "method": method, "params": ws_signed(holder.sender, timed)})
        whole = await socket.receive_json(timeout=5)
        assert list(whole) == ["id", "status", "result", "rateLimits"]
        return whole["result"]

    mine: dict[str, object] = {"symbol": BTC, "origClientOrderId": "mine"}
    change = {**mine, "side": "BUY", "quantity": "0.02", "price": "59001", "modifyId": 71}
    placed = {**LIMIT, "newClientOrderId": "mine"}
    assert (
        mismatches(
            [
                ("ack", await ask("order.place", **placed)),
                ("modified_over_the_socket", await ask("order.modify", **change)),
                ("open_order", await ask("order.status", **mine)),
                ("canceled", await ask("order.cancel", **mine)),
            ],
            "order_answers",
        )
        == []
    )
    found = [
        ("balance", await ask("account.balance")),
        ("account_v2", await ask("account.status")),
        ("account", await ask("v2/account.status")),
        ("position_risk_v2", await ask("account.position", symbol=BTC)),
        ("position_risk", await ask("v2/account.position")),
    ]
    assert mismatches(found, "account_answers") == []
    of_market = [
        ("depth", await ask("depth", symbol=BTC)),
        ("price", await ask("ticker.price", symbol=BTC)),
        ("book_ticker", await ask("ticker.book", symbol=BTC)),
    ]
    assert mismatches(of_market, "market_answers") == []
