"""The summary of a run."""

import io
from dataclasses import replace
from decimal import Decimal

from rich.console import Console

from connector.bot.report.accounting import Figures
from connector.bot.report.foreign import Foreign
from connector.bot.report.result_split import ResultParts, ResultSplit
from connector.bot.report.snapshot import PositionStatus
from connector.bot.report.summary import EpochSection, Summary

D = Decimal
BOT = Figures(
    placed=3, cancelled=1, fills=2, buys=1, sells=1, notional=D("120.0"), fees=D("0.024"), funding=D("-0.01"),
    realized_pnl=D("1.5"), wallet_start=D(10_000), wallet_end=D("10001.466"), position=D("0.002"), rejected=1,
)  # fmt: skip
EXCHANGE = replace(BOT, rejected=None)


def section(**changes: object) -> EpochSection:
    return replace(EpochSection("BTC-USDT", "USDT", BOT, EXCHANGE, {"USDT": D(0)}, Foreign("USDT"), ()), **changes)  # type: ignore[arg-type]


def summary(*lives: EpochSection) -> Summary:
    return Summary("binance_perpetual_local", "BTC-USDT", "USDT", 30.1234, lives)


def test_equal_books_agree_and_are_written_as_decimal_text() -> None:
    row = summary(section()).to_json()
    assert (row["domain"], row["duration_s"], row["residual"]) == ("binance_perpetual_local", 30.123, "0")
    assert (row["bot"]["notional"], row["bot"]["funding"], row["bot"]["rejected"]) == ("120", "-0.01", 1)
    assert "rejected" not in row["exchange"]
    assert row["residual_by_asset"] == {"USDT": "0"}
    assert len(row["lives"]) == 1
    assert summary(section()).agrees


def test_a_figure_that_differs_is_named_and_the_books_do_not_agree() -> None:
    off = section(exchange=replace(EXCHANGE, fees=D("0.025")))
    assert not summary(off).agrees
    assert summary(off).differences == ("fees: 0.024 by the bot, 0.025 by the exchange",)


def test_a_residual_is_told() -> None:
    assert summary(section(residuals={"USDT": D("0.5"), "BNB": D(0)})).differences == (
        "residual 0.5 USDT: the wallet's change is not explained",
    )


def test_foreign_items_are_set_aside_before_wallet_and_position_are_compared() -> None:
    foreign = Foreign("USDT", trades=1, position=D("0.005"))
    foreign.add("TRANSFER", D(500), "USDT")
    foreign.add("TRANSFER", D(1), "BNB")
    moved = replace(EXCHANGE, wallet_end=BOT.wallet_end + 500, position=BOT.position + D("0.005"))
    assert section(exchange=moved, foreign=foreign).agrees


def test_an_exchange_that_could_not_be_asked_is_compared_by_its_wallet_alone() -> None:
    silent = section(asked=False, exchange=Figures(wallet_start=BOT.wallet_start, wallet_end=BOT.wallet_end))
    assert silent.agrees
    row = silent.to_json()["exchange"]
    assert (row["wallet_end"], row["fills"], row["open_at_end"]) == ("10001.466", None, None)


def test_every_life_has_a_table() -> None:
    console = Console(width=140, record=True, file=io.StringIO())
    two = replace(summary(section(), section(asked=False)), trading_pair="1000000BOB-USDT")
    for table in two.tables():
        console.print(table)
    text = console.export_text()
    assert ", exchange life 1\n" in "\n".join(line.rstrip() for line in text.splitlines())
    assert "exchange (last told)" in text
    assert "wallet at end" in text


def test_an_open_position_and_where_the_result_came_from_are_told_in_table_and_json() -> None:
    held = PositionStatus(
        "BTC-USDT", "BOTH", D("-5.2"), D("60000"), D("60769.5"), D("-4001.4"), D("61500.25"), D("1.20"), 50, "CROSSED",
        D("0.4"), 2,
    )  # fmt: skip
    parts = ResultParts(D(10), D("-5"), D("0.042"), D("-3900.442"), {"closed by the exchange": D(-106)})
    result = ResultSplit("USDT", D(10_000), D("5998.6"), parts, {"BTC-USDT": parts})
    told = summary(section(results=(result,), positions=(held,)))
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(told.tables()[0])
    text = " ".join(console.export_text().replace("│", " ").split())
    for words in (
        "spread captured +10 USDT", "fees -5 USDT", "funding +0.042 USDT", "inventory -3,900.442 USDT",
        "others -106 USDT closed by the exchange -106 USDT", "equity changed by -4,001.4 USDT", "held at the end -5.2",
        "entry price 60,000", "mark price 60,769.5", "liquidation price 61,500.25 (1.2 % away)",
    ):  # fmt: skip
        assert words in text, words
    row = told.to_json()
    assert row["positions"][0]["liquidation_price"] == "61500.25"
    assert (row["result"]["change"], row["result"]["others_by"]) == ("-4001.4", {"closed by the exchange": "-106"})


def test_what_is_less_than_an_exchange_books_is_nothing_and_has_no_sign() -> None:
    least = {"not explained": D("-0.000000001")}
    parts = ResultParts(D("0.000000001"), D("-0.00000001"), D(0), D(0), least)
    result = ResultSplit("USDT", D(10_000), D("9999.999999999"), parts, {"BTC-USDT": parts})
    console = Console(width=140, record=True, file=io.StringIO())
    for table in summary(section(results=(result,))).tables():
        console.print(table)
    text = console.export_text()
    rows = {cells[1].strip(): cells[2].strip() for line in text.splitlines() if len(cells := line.split("│")) > 2}
    assert (rows["others"], rows["not explained"], rows["spread captured"]) == ("0 USDT", "0 USDT", "0 USDT")
    assert (rows["equity changed by"], rows["fees"]) == ("0 USDT", "-0.00000001 USDT")


def test_the_longest_sync_of_the_journal_is_told() -> None:
    rows = [{"durability": "group", "longest_sync_ms": longest, "trouble": ""} for longest in (3.25, 1.0)]
    told = summary(*(section(journal=row) for row in rows))
    assert told.journal_line == "journal: synced group, longest sync 3.2 ms"
    assert told.to_json()["journal"] == rows[1]
    assert summary(section()).journal_line == "", "without a journal"


def test_what_was_refused_and_kept_back_is_told_with_the_reasons() -> None:
    pauses = [
        {"of": "the account", "code": -2019, "reason": "margin is insufficient", "times": 2, "is_on": False},
        {"of": "all pairs", "code": 0, "reason": "shut by the desk", "times": 1, "is_on": True},
    ]
    orders = {"refusals": {"-2019": {"meaning": "margin", "count": 6}}, "pauses": pauses, "kept_back": 9}
    told = summary(section(orders=orders))
    assert told.order_lines == (
        "refused 6 times: -2019 margin",
        "openings of the account paused 2 times: margin is insufficient",
        "openings of all pairs paused once: shut by the desk",
        "opening orders kept back: 9",
    )
    assert told.to_json()["orders"] == orders
    assert summary(section()).order_lines == ()


def test_fees_in_another_asset_and_each_foreign_line_have_rows_of_their_own() -> None:
    foreign = Foreign("USDT")
    foreign.add("TRANSFER", D(1), "BNB")
    foreign.add("INSURANCE_CLEAR", D("-2.5"), "USDT")
    fees = {"BNB": D("0.00004")}
    mine = replace(BOT, other_fees=fees, fees_value=D("0.048"), unrealized_pnl=D("0.5"))
    told = summary(
        section(
            bot=mine,
            exchange=replace(EXCHANGE, other_fees=fees),
            residuals={"USDT": D(0), "BNB": D(0)},
            foreign=foreign,
        )
    )
    console = Console(width=140, record=True, file=io.StringIO())
    for table in told.tables():
        console.print(table)
    text = console.export_text()
    for words in ("fees in BNB", "0.00004", "all fees in USDT", "0.048", "transfers", "1 BNB", "liquidation clearance",
                  "-2.5 USDT", "0 USDT, 0 BNB", "unrealised PnL", "equity", "10,001.966"):  # fmt: skip
        assert words in text, words
    row = told.to_json()
    assert row["bot"]["other_fees"] == {"BNB": "0.00004"}
    assert (row["bot"]["fees_value"], row["bot"]["equity"]) == ("0.048", "10001.966")
    assert row["residual_by_asset"] == {"USDT": "0", "BNB": "0"}
    assert row["foreign"]["income_by_asset"] == {"BNB": {"TRANSFER": "1"}, "USDT": {"LIQUIDATION_CLEARANCE": "-2.5"}}


def test_fees_that_differ_in_another_asset_are_a_difference() -> None:
    off = section(
        bot=replace(BOT, other_fees={"BNB": D("0.1")}), exchange=replace(EXCHANGE, other_fees={"BNB": D("0.2")})
    )
    assert off.all_differences == ("other_fees: 0.1 BNB by the bot, 0.2 BNB by the exchange",)


def test_what_the_mark_price_makes_of_a_position_is_no_difference() -> None:
    apart = section(bot=replace(BOT, unrealized_pnl=D(1)), exchange=replace(EXCHANGE, unrealized_pnl=D("-0.5")))
    assert apart.agrees
    (line,) = summary(apart).mark_lines
    assert line.startswith("unrealised PnL and equity are 1.5 USDT apart: each column has the mark price at which")
    assert summary(section(), replace(apart, asked=False)).mark_lines == ()


def test_equity_that_is_not_the_bots_is_told_apart_from_what_the_mark_price_makes() -> None:
    foreign = Foreign("USDT")
    foreign.lines["USDT", "TRANSFER"] = D("-500")
    apart = section(bot=replace(BOT, unrealized_pnl=D(1)), foreign=foreign)
    mark, others = summary(apart).mark_lines
    assert mark.startswith("unrealised PnL is 1 USDT apart: each column")
    assert others == "equity: -500 USDT not of the bot, in the exchange's column alone"


def test_a_dry_run_says_whose_market_it_was() -> None:
    assert summary(section()).to_json()["dry_run"] is None
    dry = replace(summary(section()), data_of="binance_perpetual")
    assert dry.to_json()["dry_run"] == "binance_perpetual"
    assert dry.tables()[0].title == ("BTC-USDT on binance_perpetual_local, DRY RUN on the data of binance_perpetual")
