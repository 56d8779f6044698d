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


def money(equity: str, pair: str = "BTC-USDT") -> tuple[str, dict[str, object]]:
    return WHO, {"kind": "money", "time_ms": 5, "pair": pair, "equity": equity, "mid": "100", "position": "0"}


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
