"""The sums of a report, worked by hand."""

from decimal import Decimal as D

from connector.bot.analysis.report_figures import AccountReport, account_reports

DAY_MS = 86_400_000
WHO = "binance_perpetual_local/abc/b1"


def fill(side: str, price: str, trade_id: str, day: int = 0, **facts: object) -> dict[str, object]:
    return {
        "instance": WHO, "trading_pair": "BTC-USDT", "symbol": "BTCUSDT", "trade_type": side, "price": D(price),
        "amount": D(2), "fee_asset": "USDT", "fee_amount": D("0.1"), "realized_pnl": D(0), "trade_id": trade_id,
        "time_ms": day * DAY_MS + 5, **facts,
    }  # fmt: skip


def mark(trade_id: str, mid: str, **after: str) -> tuple[str, dict[str, object]]:
    later = {name.removeprefix("s"): price for name, price in after.items()}
    return WHO, {"kind": "fill", "time_ms": 5, "pair": "BTC-USDT", "trade_id": trade_id, "mid": mid, "after": later}


def reported() -> AccountReport:
    fills = [
        fill("BUY", "99", "1"),
        fill("SELL", "103", "2", day=1, realized_pnl=D(8), fee_asset="BNB", fee_amount=D("0.001")),
        fill("BUY", "100", "3", day=1),
    ]
    payments = [
        {"instance": WHO, "trading_pair": "BTC-USDT", "symbol": "BTCUSDT", "amount": D("-0.3"), "time_ms": DAY_MS}
    ]
    marks = [mark("1", "100", s1="101", s5="98"), mark("2", "102", s1="103")]
    (report,) = account_reports(fills, payments, marks)
    return report


def test_spread_is_what_a_fill_was_better_than_the_mid_and_adverse_what_the_mid_did_afterwards() -> None:
    total = reported().total
    assert total.spread == 2 * (100 - 99) + 2 * (103 - 102)
    assert total.after[1] == (D(2 * 1 - 2 * 1), D(2 * 99 + 2 * 103))
    assert total.after[5] == (D(2 * -2), D(2 * 99))
    assert 30 not in total.after
    assert total.seen == 2 * 99 + 2 * 103, "a fill that nobody looked at has no part in it"


def test_money_is_summed_by_asset_and_by_day_and_pair_exactly() -> None:
    report = reported()
    total = report.total
    assert (total.fills, total.volume, total.realized, total.funding) == (3, D(604), D(8), D("-0.3"))
    assert total.fees == {"USDT": D("0.2"), "BNB": D("0.001")}
    days = report.by_day_and_pair()
    assert list(days) == [("1970-01-01", "BTC-USDT"), ("1970-01-02", "BTC-USDT")]
    assert sum(sums.volume for sums in days.values()) == total.volume
    assert sum(sums.spread for sums in days.values()) == total.spread


def test_its_json_is_text_to_the_last_digit() -> None:
    row = reported().total.to_json()
    assert (row["spread_captured"], row["funding"], row["fees"]["BNB"]) == ("4", "-0.3", "0.001")
    assert row["after"]["5"] == {"amount": "-4", "bp": "-202.02"}


def money(equity: str, pair: str = "BTC-USDT", **facts: object) -> tuple[str, dict[str, object]]:
    row = {"kind": "money", "time_ms": 5, "pair": pair, "equity": equity, "mid": "100", "position": "0"}
    return WHO, {**row, **facts}


def of_two() -> AccountReport:
    """Two strategies, each of its own pair, in one run."""
    fills = [
        fill("BUY", "99", "1", strategy="btc"),
        fill("SELL", "50.3", "2", strategy="eth", trading_pair="ETH-USDT", symbol="ETHUSDT", realized_pnl=D("-0.7")),
        fill("BUY", "98.1", "3", day=1, strategy="btc"),
    ]
    paid = {"instance": WHO, "trading_pair": "ETH-USDT", "symbol": "ETHUSDT", "strategy": "eth", "amount": D("0.2")}
    strategies = [{"name": "btc", "strategy": "mine", "pairs": ["BTC-USDT"]}]
    strategies.append({"name": "eth", "strategy": "mine", "pairs": ["ETH-USDT"]})
    run = {"kind": "run", "time_ms": 0, "pair": "BTC-USDT", "strategy": "btc, eth", "strategies": strategies}
    looks = [(1, "10"), (6_000, "12"), (12_000, "11")]
    marks = [
        money(equity, pair, time_ms=at_ms, position=held)
        for at_ms, equity in looks
        for pair, held in (("BTC-USDT", "2"), ("ETH-USDT", "-2"))
    ]
    (report,) = account_reports(fills, [{**paid, "time_ms": 7}], [(WHO, run), *marks])
    return report


def test_of_several_strategies_each_is_summed_and_together_they_are_the_total_to_the_last_digit() -> None:
    report = of_two()
    parts, total = report.by_strategy_and_pair(), report.total
    assert {key: (sums.fills, sums.volume) for key, sums in parts.items()} == {
        ("btc", "BTC-USDT"): (2, D("394.2")), ("eth", "ETH-USDT"): (1, D("100.6")),
    }  # fmt: skip
    for name in ("fills", "volume", "realized", "funding", "spread"):
        assert sum(getattr(sums, name) for sums in parts.values()) == getattr(total, name)
    assert sum(sums.fees["USDT"] for sums in parts.values()) == total.fees["USDT"]
    row = report.to_json()
    assert [(part["strategy"], part["pair"], part["volume"]) for part in row["by_strategy_and_pair"]] == [
        ("btc", "BTC-USDT", "394.2"), ("eth", "ETH-USDT", "100.6"),
    ]  # fmt: skip
    assert row["equity"] == {
        "first": "10", "last": "11", "change": "1", "came_or_went": "0", "largest_drawdown": "-1"
    }  # fmt: skip


def test_equity_is_told_once_a_moment_and_what_is_held_by_pair() -> None:
    report = of_two()
    assert [row["equity"] for row in report.money] == ["10", "12", "11"]
    held = {pair: [row["position"] for row in rows] for pair, rows in report.markets.items()}
    assert held == {"BTC-USDT": ["2"] * 3, "ETH-USDT": ["-2"] * 3}
    assert report.pairs == ["BTC-USDT", "ETH-USDT"]


def test_equity_goes_on_in_a_run_that_trades_another_pair() -> None:
    run = (WHO, {"kind": "run", "time_ms": 1, "strategy": "x", "pair": "ETH-USDT"})
    (report,) = account_reports([], [], [money("10"), run, money("12", "ETH-USDT"), money("9", "ETH-USDT")])
    assert (report.drawdowns, report.pairs) == ([0, 0, -3], ["BTC-USDT", "ETH-USDT"])


def transfer(amount: str, asset: str = "USDT") -> tuple[str, dict[str, object]]:
    return WHO, {"kind": "transfer", "time_ms": 5, "asset": asset, "amount": amount}


def test_a_drawdown_is_measured_from_the_highest_before() -> None:
    (report,) = account_reports([], [], map(money, ("10", "12", "9", "13", "12")))
    assert report.drawdowns == [0, 0, -3, 0, -1]


def test_money_that_comes_or_goes_is_no_drawdown_and_hides_none() -> None:
    marks = [money("10"), transfer("-4"), transfer("7", "BNB"), money("6"), money("5"), transfer("5"), money("9")]
    (report,) = account_reports([], [], marks)
    assert report.drawdowns == [0, 0, -1, -2]
    assert report.transferred == 1


def test_pairs_of_different_margin_assets_are_reported_apart() -> None:
    fills = [fill("BUY", "99", "1"), fill("BUY", "50", "2", trading_pair="BTC-USDC", symbol="BTCUSDC")]
    paid = {"instance": WHO, "trading_pair": None, "symbol": "BTCUSDC", "asset": "USDC", "amount": D(2), "time_ms": 5}
    usdc, usdt = account_reports(fills, [paid], [money("10000"), money("20", "BTC-USDC"), money("19", "BTC-USDC")])
    assert (usdc.name, usdt.name) == (f"{WHO} USDC", f"{WHO} USDT")
    assert (usdc.total.volume, usdc.total.funding, usdt.total.volume) == (100, 2, 198)
    assert (usdc.drawdowns, usdt.drawdowns) == ([0, -1], [0])


def test_an_instance_that_did_nothing_is_left_out() -> None:
    assert account_reports([], [], [(WHO, {"kind": "run", "time_ms": 1, "strategy": "x"})]) == []
