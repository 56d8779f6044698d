"""How a bot stands, as a person reads it."""

from connector.bot.commands.bot_lines import bot_lines

HELD = {
    "trading_pair": "BTC-USDT", "position_side": "BOTH", "amount": "0.002", "entry_price": "60000",
    "mark_price": "59000", "unrealized_pnl": "-2", "liquidation_price": "0", "liquidation_distance": None,
}  # fmt: skip
ROW = {
    "name": "bot", "pid": 7, "state": {"text": "paused: by pause"}, "asset": "USDT", "data_of": "",
    "run_time_s": 3_725.0, "domain": "binance_perpetual_local", "markets": [{"trading_pair": "BTC-USDT"}],
    "equity": "9998", "wallet": "10000", "available": None,
    "positions": [HELD, {**HELD, "liquidation_price": "100", "liquidation_distance": "99.83"}],
    "result": {"change": "-2", "others_by": {}}, "orders": [],
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
        ("equity", "9,998.0000 USDT, wallet 10,000.0000, available unknown"),
        ("position", "0.002 BTC-USDT entered at 60000, mark 59000, unrealised -2.0000"),
        (
            "position",
            "0.002 BTC-USDT entered at 60000, mark 59000, unrealised -2.0000, liquidated at 100 (99.83 % away)",
        ),
        ("result", "change -2.0000"),
        ("fills", "1 buys, 0 sells, volume 120.0000"),
        ("orders", "0 open, 2 placed, 2 refused"),
        ("refused", "2 x -2019 margin"),
        ("limit", "loss of a run 2.0000 of 1.0000 USDT: struck, it stops"),
    ]
