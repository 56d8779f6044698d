"""ccxt's `binanceusdm`, REST and pro, unmodified but for its base URLs. Argument: the exchange's first line as JSON."""

import asyncio
import json
import sys
from typing import Any

import ccxt.pro as ccxt
from steps import Steps

SYMBOL = "BTC/USDT:USDT"


def moved(urls: Any, venue: dict[str, str]) -> Any:
    """The same tree of addresses, on the local exchange."""
    if isinstance(urls, dict):
        return {name: moved(url, venue) for name, url in urls.items()}
    if not isinstance(urls, str):
        return urls
    return (
        urls.replace("https://fapi.binance.com", venue["rest"])
        .replace("https://api.binance.com", venue["rest"])
        .replace("wss://fstream.binance.com", venue["stream"])
        .replace("wss://ws-fapi.binance.com/ws-fapi/v1", venue["ws_api"])
    )


def client_of(venue: dict[str, str]) -> Any:
    client = ccxt.binanceusdm({"apiKey": venue["api_key"], "secret": venue["api_secret"]})
    client.has["fetchCurrencies"] = False  # that call belongs to another host
    client.options["fetchMarkets"] = {"types": ["linear"]}
    client.options["warnOnFetchOpenOrdersWithoutSymbol"] = False
    client.urls["api"] = moved(client.urls["api"], venue)
    return client


async def run(venue: dict[str, str]) -> int:
    client, steps = client_of(venue), Steps()
    try:
        await read_the_market(client, steps)
        await set_the_account(client, steps)
        await move_money(client, steps, venue)
        await trade(client, steps)
        await place_conditional_orders(client, steps)
        await trade_over_ws_api(client, steps)
        await watch_the_market(client, steps)
        await watch_the_account(client, steps)
        await hedge(client, steps)
        await use_isolated_margin(client, steps)
    finally:
        await client.close()
    return steps.exit_code


async def read_the_market(client: Any, steps: Steps) -> None:
    async def load() -> None:
        markets = await client.load_markets()
        assert markets[SYMBOL]["linear"] and markets[SYMBOL]["swap"], markets[SYMBOL]
        assert markets[SYMBOL]["precision"]["price"] > 0

    async def book() -> None:
        found = await client.fetch_order_book(SYMBOL, 20)
        assert found["bids"][0][0] < found["asks"][0][0], found

    async def candles() -> None:
        rows = await client.fetch_ohlcv(SYMBOL, "1m", limit=5)
        assert rows and rows[-1][2] >= rows[-1][3], rows

    async def ticker() -> None:
        found = await client.fetch_ticker(SYMBOL)
        assert found["last"] > 0 and found["high"] >= found["low"], found

    async def trades() -> None:
        assert (await client.fetch_trades(SYMBOL, limit=3))[0]["side"] in ("buy", "sell")

    async def rate() -> None:
        found = await client.fetch_funding_rate(SYMBOL)
        assert found["markPrice"] > 0 and found["fundingTimestamp"] > 0, found

    async def interest() -> None:
        assert (await client.fetch_open_interest(SYMBOL))["openInterestAmount"] >= 0

    async def statistics() -> None:
        assert (await client.fetch_open_interest_history(SYMBOL, "5m", limit=3))[-1]["openInterestAmount"] >= 0
        assert (await client.fetch_long_short_ratio_history(SYMBOL, "5m", limit=3))[-1]["longShortRatio"] > 0

    await steps.take("load markets", load)
    await steps.take("server time", client.fetch_time)
    await steps.take("order book", book)
    await steps.take("candles", candles)
    await steps.take("mark price candles", lambda: client.fetch_mark_ohlcv(SYMBOL, "1m", limit=3))
    await steps.take("index price candles", lambda: client.fetch_index_ohlcv(SYMBOL, "1m", limit=3))
    await steps.take("ticker", ticker)
    await steps.take("tickers", client.fetch_tickers)
    await steps.take("best bids and asks", lambda: client.fetch_bids_asks([SYMBOL]))
    await steps.take("trades", trades)
    await steps.take("funding rate", rate)
    await steps.take("funding rates", client.fetch_funding_rates)
    await steps.take("funding intervals", client.fetch_funding_intervals)
    await steps.take("funding rate history", lambda: client.fetch_funding_rate_history(SYMBOL, limit=3))
    await steps.take("open interest", interest)
    await steps.take("statistics", statistics)


async def set_the_account(client: Any, steps: Steps) -> None:
    async def balance() -> None:
        assert (await client.fetch_balance())["USDT"]["total"] > 0

    async def leverage() -> None:
        await client.set_leverage(7, SYMBOL)
        assert (await client.fetch_leverages([SYMBOL]))[SYMBOL]["longLeverage"] == 7

    async def margin_type() -> None:
        await client.set_margin_mode("isolated", SYMBOL)
        assert (await client.fetch_margin_modes([SYMBOL]))[SYMBOL]["marginMode"] == "isolated"
        await client.set_margin_mode("cross", SYMBOL)

    async def mode() -> None:
        await client.set_position_mode(True)
        assert (await client.fetch_position_mode(SYMBOL))["hedged"]
        await client.set_position_mode(False)

    async def tiers() -> None:
        assert (await client.fetch_leverage_tiers([SYMBOL]))[SYMBOL][0]["maxLeverage"] > 1

    await steps.take("balance", balance)
    await steps.take("leverage", leverage)
    await steps.take("margin type", margin_type)
    await steps.take("position mode", mode)
    await steps.take("leverage tiers", tiers)
    await steps.take("trading fee", lambda: client.fetch_trading_fee(SYMBOL))


async def move_money(client: Any, steps: Steps, venue: dict[str, str]) -> None:
    async def there_and_back() -> None:
        """The key gets the right to it first, as its holder would give it on the venue's page."""
        key = f"api_key={venue['api_key']}&universal_transfer=true"
        await client.fetch(f"{venue['rest']}/local/v1/key?{key}", "PUT")
        before = (await client.fetch_balance())["USDT"]["total"]
        out = await client.transfer("USDT", 12.5, "linear", "spot")
        assert (await client.fetch_balance())["USDT"]["total"] == before - 12.5
        await client.transfer("USDT", 12.5, "spot", "linear")
        assert (await client.fetch_balance())["USDT"]["total"] == before
        (told,) = await client.fetch_transfers("USDT", params={"fromAccount": "linear", "toAccount": "spot"})
        assert (told["id"], told["amount"], told["status"]) == (out["id"], 12.5, "ok"), told

    await steps.take("money between wallets", there_and_back)


async def far_bid(client: Any) -> float:
    """A price that no one will sell at."""
    bid = (await client.fetch_order_book(SYMBOL, 5))["bids"][0][0]
    return float(client.price_to_precision(SYMBOL, bid * 0.97))


async def trade(client: Any, steps: Steps) -> None:
    async def place_and_cancel() -> None:
        placed = await client.create_order(SYMBOL, "limit", "buy", 0.01, await far_bid(client))
        assert placed["status"] == "open", placed
        assert [order["id"] for order in await client.fetch_open_orders(SYMBOL)] == [placed["id"]]
        assert (await client.fetch_open_order(placed["id"], SYMBOL))["remaining"] == 0.01
        await client.cancel_order(placed["id"], SYMBOL)
        assert (await client.fetch_order(placed["id"], SYMBOL))["status"] == "canceled"

    async def modify() -> None:
        price = await far_bid(client)
        placed = await client.create_order(SYMBOL, "limit", "buy", 0.01, price)
        lower = float(client.price_to_precision(SYMBOL, price * 0.99))
        await client.edit_order(placed["id"], SYMBOL, "limit", "buy", 0.02, lower)
        found = await client.fetch_order(placed["id"], SYMBOL)
        assert (found["price"], found["amount"]) == (lower, 0.02), found
        await client.cancel_order(placed["id"], SYMBOL)

    async def batch() -> None:
        price = await far_bid(client)
        row = {"symbol": SYMBOL, "type": "limit", "side": "buy", "amount": 0.01, "price": price}
        placed = await client.create_orders([row, row])
        assert [order["status"] for order in placed] == ["open", "open"], placed
        gone = await client.cancel_orders([order["id"] for order in placed], SYMBOL)
        assert [order["status"] for order in gone] == ["canceled", "canceled"], gone

    async def cancel_all() -> None:
        await client.create_order(SYMBOL, "limit", "buy", 0.01, await far_bid(client))
        await client.cancel_all_orders(SYMBOL)
        assert await client.fetch_open_orders(SYMBOL) == []

    async def take() -> None:
        placed = await client.create_order(SYMBOL, "market", "buy", 0.02)
        assert (await client.fetch_order(placed["id"], SYMBOL))["filled"] == 0.02
        (position,) = await client.fetch_positions([SYMBOL])
        assert (position["side"], position["contracts"]) == ("long", 0.02), position
        assert (await client.fetch_my_trades(SYMBOL))[-1]["order"] == placed["id"]

    async def refuse_crossing_post_only() -> None:
        high = float(client.price_to_precision(SYMBOL, await far_bid(client) * 1.05))
        try:
            await client.create_order(SYMBOL, "limit", "buy", 0.01, high, {"postOnly": True})
        except ccxt.InvalidOrder as refusal:
            assert "-5022" in str(refusal), refusal
            return
        raise AssertionError("a post-only order that crosses was taken")

    async def count_down() -> None:
        row = {"symbol": "BTCUSDT", "countdownTime": 60_000}
        assert (await client.fapiPrivatePostCountdownCancelAll(row))["countdownTime"] == "60000"

    await steps.take("place, read and cancel", place_and_cancel)
    await steps.take("modify", modify)
    await steps.take("batch", batch)
    await steps.take("cancel all", cancel_all)
    await steps.take("market order and position", take)
    await steps.take("post-only that crosses is refused", refuse_crossing_post_only)
    await steps.take("dead man's switch", count_down)
    await steps.take("all orders", lambda: client.fetch_orders(SYMBOL))
    await steps.take("closed orders", lambda: client.fetch_closed_orders(SYMBOL))
    await steps.take("account positions", lambda: client.fetch_account_positions([SYMBOL]))
    await steps.take("position risk", lambda: client.fetch_positions_risk([SYMBOL]))
    await steps.take("adl rank", lambda: client.fetch_positions_adl_rank([SYMBOL]))
    await steps.take("funding history", lambda: client.fetch_funding_history(SYMBOL))
    await steps.take("ledger", lambda: client.fetch_ledger("USDT"))
    await steps.take("own liquidations", lambda: client.fetch_my_liquidations(SYMBOL))


async def place_conditional_orders(client: Any, steps: Steps) -> None:
    async def stop() -> None:
        price = await far_bid(client)
        placed = await client.create_order(SYMBOL, "market", "sell", 0.01, None, {"stopLossPrice": price})
        waiting = await client.fetch_open_orders(SYMBOL, params={"trigger": True})
        assert [order["id"] for order in waiting] == [placed["id"]], waiting
        await client.cancel_order(placed["id"], SYMBOL, {"trigger": True})
        assert await client.fetch_open_orders(SYMBOL, params={"trigger": True}) == []

    async def trailing() -> None:
        placed = await client.create_trailing_percent_order(SYMBOL, "market", "sell", 0.01, None, 5)
        await client.cancel_all_orders(SYMBOL, {"trigger": True})
        assert placed["id"]

    await steps.take("stop order", stop)
    await steps.take("trailing stop order", trailing)


async def trade_over_ws_api(client: Any, steps: Steps) -> None:
    async def place_and_cancel() -> None:
        price = await far_bid(client)
        placed = await client.create_order_ws(SYMBOL, "limit", "buy", 0.01, price)
        assert placed["status"] == "open", placed
        lower = float(client.price_to_precision(SYMBOL, price * 0.99))
        await client.edit_order_ws(placed["id"], SYMBOL, "limit", "buy", 0.01, lower)
        assert (await client.fetch_order_ws(placed["id"], SYMBOL))["price"] == lower
        gone = await client.cancel_order_ws(placed["id"], SYMBOL)
        assert gone["status"] == "canceled", gone

    async def positions() -> None:
        assert [row["side"] for row in await client.fetch_positions_ws([SYMBOL])] == ["long"]

    await steps.take("order over the WS-API", place_and_cancel)
    await steps.take("balance over the WS-API", client.fetch_balance_ws)
    await steps.take("positions over the WS-API", positions)
    await steps.take("order book over the WS-API", lambda: client.fetch_order_book_ws(SYMBOL))
    await steps.take("ticker over the WS-API", lambda: client.fetch_ticker_ws(SYMBOL))


async def watch_the_market(client: Any, steps: Steps) -> None:
    async def book() -> None:
        for _ in range(20):
            found = await client.watch_order_book(SYMBOL)
            assert found["bids"][0][0] < found["asks"][0][0], found

    async def mark() -> None:
        assert (await client.watch_mark_price(SYMBOL))["markPrice"] > 0

    await steps.take("watch the book", book)
    await steps.take("watch trades", lambda: client.watch_trades(SYMBOL))
    await steps.take("watch the mark price", mark)
    await steps.take("watch best bids and asks", lambda: client.watch_bids_asks([SYMBOL]))
    await steps.take("watch the ticker", lambda: client.watch_ticker(SYMBOL))
    await steps.take("watch tickers", client.watch_tickers)
    await steps.take("watch candles", lambda: client.watch_ohlcv(SYMBOL, "1m"))


async def watch_the_account(client: Any, steps: Steps) -> None:
    """The watchers listen before the order is sent, and each hears of it."""
    await steps.take("authenticate the user stream", client.authenticate)
    watches = (
        steps.take("watch own orders", client.watch_orders),
        steps.take("watch own trades", client.watch_my_trades),
        steps.take("watch the balance", client.watch_balance),
        steps.take("watch positions", client.watch_positions),
    )
    heard = [asyncio.create_task(watch) for watch in watches]
    await asyncio.sleep(1)  # the client tells nobody when its subscription stands
    await steps.take(
        "close the position", lambda: client.create_order(SYMBOL, "market", "sell", 0.02, None, {"reduceOnly": True})
    )
    await asyncio.gather(*heard)


async def hedge(client: Any, steps: Steps) -> None:
    async def both_sides() -> None:
        await client.set_position_mode(True)
        await client.create_order(SYMBOL, "market", "buy", 0.01, None, {"positionSide": "LONG"})
        await client.create_order(SYMBOL, "market", "sell", 0.02, None, {"positionSide": "SHORT"})
        held = {row["side"]: row["contracts"] for row in await client.fetch_positions([SYMBOL])}
        assert held == {"long": 0.01, "short": 0.02}, held
        await client.create_order(SYMBOL, "market", "sell", 0.01, None, {"positionSide": "LONG"})
        await client.create_order(SYMBOL, "market", "buy", 0.02, None, {"positionSide": "SHORT"})
        await client.set_position_mode(False)

    await steps.take("hedge", both_sides)


async def use_isolated_margin(client: Any, steps: Steps) -> None:
    async def isolated() -> None:
        await client.set_margin_mode("isolated", SYMBOL)
        await client.create_order(SYMBOL, "market", "buy", 0.01)
        await client.add_margin(SYMBOL, 50)
        (position,) = await client.fetch_positions([SYMBOL])
        assert position["marginMode"] == "isolated" and position["liquidationPrice"] > 0, position
        assert (await client.fetch_margin_adjustment_history(SYMBOL))[-1]["amount"] == 50
        await client.reduce_margin(SYMBOL, 20)
        await client.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": True})
        await client.set_margin_mode("cross", SYMBOL)

    await steps.take("isolated margin", isolated)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(json.loads(sys.argv[1]))))
