"""How a bot stands, as a person reads it."""

from connector.bot.commands.bot_lines import balance_table, bot_lines, order_table, position_table

HELD = {
    "trading_pair": "BTC-USDT", "position_side": "BOTH", "amount": "0.002", "entry_price": "60000",
    "mark_price": "59000", "unrealized_pnl": "-2", "liquidation_price": "0", "liquidation_distance": None,
    "leverage": 10, "margin_type": "CROSSED", "adl_rank": None,
}  # fmt: skip
ROW = {
    "name": "bot", "pid": 7, "state": {"text": "paused: by pause"}, "asset": "USDT", "data_of": "",
    "run_time_s": 3_725.0, "domain": "binance_perpetual_local",
    "markets": [{"trading_pair": "BTC-USDT", "waits_for": ""}],
    "equity": "9998", "wallet": "10000", "available": None, "unrealized_pnl": "-2", "margin_ratio": "0.0012756",
    "positions": [HELD, {**HELD, "liquidation_price": "100", "liquidation_distance": "99.83", "adl_rank": 4}],
    "result": {"equity": "9998", "change": "-2", "spread_captured": "1", "others": "-0.00001", "others_by": {}},
    "results_beside": {},
    "strategies": [],
    "orders": [],
    "refusals": [{"count": 2, "code": -2019, "meaning": "margin"}],
    "counts": {"buys": 1, "sells": 0, "volume": "120", "placed": 2, "rejected": 2},
    "limits": [{"name": "loss of a run", "used": "2", "bound": "1", "unit": "USDT", "struck": "it stops"}],
}  # fmt: skip


def test_a_bot_that_starts_has_its_state_alone() -> None:
    assert list(bot_lines({"name": "bot", "state": {"text": "starting"}})) == [("state", "starting")]


def test_money_positions_refusals_and_limits_are_told() -> None:
    assert list(bot_lines(ROW)) == [
        ("state", "paused: by pause"),
        ("trades", "BTC-USDT on binance_perpetual_local, process 7, for 1:02:05"),
        ("equity", "9,998.0000 USDT, wallet 10,000.0000, unrealised -2.0000, available unknown, margin ratio 0.13 %"),
        ("position", "0.002 BTC-USDT entered at 60,000, mark 59,000, unrealised -2.0000, 10x crossed"),
        (
            "position",
            "0.002 BTC-USDT entered at 60,000, mark 59,000, unrealised -2.0000, liquidated at 100 (99.83 % away), "
            "10x crossed, ADL rank 4",
        ),
        ("result", "-2.0000: spread captured 1.0000, others 0.0000"),
        ("fills", "1 buys, 0 sells, volume 120.0000"),
        ("orders", "0 open, 2 placed, 2 refused"),
        ("refused", "2 x -2019 margin"),
        ("limit", "loss of a run 2.0000 of 1.0000 USDT: struck, it stops"),
    ]


def test_a_pair_that_is_not_ready_is_told_with_what_it_waits_for() -> None:
    silent = {"trading_pair": "ETH-USDT", "waits_for": "depth silent for 5.2 s"}
    lines = list(bot_lines({**ROW, "markets": [*ROW["markets"], silent]}))
    assert [line for line in lines if line[0] == "not ready"] == [("not ready", "ETH-USDT: depth silent for 5.2 s")]


def test_of_several_strategies_each_is_told_and_what_each_pair_came_to() -> None:
    result = {**ROW["result"], "by_pair": {"BTC-USDT": {"change": "-3"}, "ETH-USDT": {"change": "1"}}}
    one = {"name": "eth", "strategy": "grid_perpetual", "pairs": ["ETH-USDT"], "state": "paused", "orders": 0}
    lines = list(bot_lines({**ROW, "result": result, "strategies": [one]}))
    at = lines.index(("result", "-2.0000: spread captured 1.0000, others 0.0000"))
    assert lines[at + 1 : at + 4] == [
        ("", "BTC-USDT -3.0000"),
        ("", "ETH-USDT 1.0000"),
        ("strategy", "eth: grid_perpetual of ETH-USDT, paused"),
    ]


def test_what_came_of_pairs_that_another_asset_backs_stands_by_its_name() -> None:
    beside = {"USDC": {"equity": "5", "change": "0.5", "funding": "0.5", "others_by": {}}}
    lines = list(bot_lines({**ROW, "results_beside": beside}))
    assert lines[lines.index(("fills", "1 buys, 0 sells, volume 120.0000")) - 1] == (
        "result",
        "0.5000 USDC: funding 0.5000",
    )


def test_an_order_is_a_row_that_fits_a_terminal() -> None:
    order = {
        "client_order_id": "b0", "trading_pair": "BTC-USDT", "side": "BUY", "price": "60145.10", "amount": "0.005",
        "remaining": "0.002", "state": "OPEN", "position_action": "CLOSE", "created_ms": 1_795_913_634_876,
    }  # fmt: skip
    at_market = {**order, "price": None, "remaining": "0.005"}
    assert order_table([order, at_market]).rows == [
        ("BTC-USDT", "BUY", "60,145.1", "0.002 of 0.005", "CLOSE", "OPEN", "00:53:54", "b0"),
        ("BTC-USDT", "BUY", "at market", "0.005", "CLOSE", "OPEN", "00:53:54", "b0"),
    ]


def test_prices_of_positions_have_the_digits_that_tell_something_and_the_cheapest_coin_has_them_too() -> None:
    rest = {"margin_ratio": "0.0012756", "leverage": 10, "margin_type": "CROSSED"}
    held = {**HELD, **rest, "entry_price": "60125.70468039", "liquidation_price": "0.00001234"}
    hedged = {**held, "position_side": "SHORT", "liquidation_price": None, "liquidation_distance": "12"}
    assert position_table(
        [{**held, "liquidation_distance": "99.83"}, hedged, {**hedged, "liquidation_price": "0"}]
    ).rows == [
        ("BTC-USDT", "0.002", "60,125.705", "59,000", "-2.0000", "0.00001234 (99.83 % away)", "0.13 %", "10 crossed"),
        ("BTC-USDT SHORT", "0.002", "60,125.705", "59,000", "-2.0000", "unknown", "0.13 %", "10 crossed"),
        ("BTC-USDT SHORT", "0.002", "60,125.705", "59,000", "-2.0000", "none", "0.13 %", "10 crossed"),
    ]


def test_a_balance_that_nobody_knows_is_unknown() -> None:
    assert balance_table([{"asset": "USDT", "wallet": "9998.78068272", "available": None}]).rows == [
        ("USDT", "9,998.7807", "unknown")
    ]
