"""`connector report`: one file, whose sums are those of the history."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.bot.records.test_databases import killed
from tests.companions.flows.in_process import done
from tests.companions.store.samples import filled

pytest.importorskip("plotly", reason="the extra report is not installed")


async def test_its_sums_are_those_of_the_history_to_the_last_digit(tmp_path: Path) -> None:
    killed(tmp_path / "data")
    file = tmp_path / "report.html"
    code, said = await done("report", str(file), "--json", home=tmp_path)
    assert code == 0, said
    (sums,) = json.loads(said)["accounts"].values()
    fills = json.loads((await done("history", "fills", "--json", home=tmp_path))[1])["fills"]
    assert Decimal(sums["volume"]) == sum(Decimal(row["price"]) * Decimal(row["amount"]) for row in fills)
    assert sums["fees"] == {filled().fee_asset: fills[0]["fee_amount"]}
    assert "largest drawdown" not in file.read_text() and "<h1>Report</h1>" in file.read_text()


BOTH = {"Inventory, B", "Inventory, E"}


async def test_of_several_strategies_one_is_shown_with_the_equity_of_the_account(tmp_path: Path) -> None:
    several = [{"name": name, "strategy": "mine", "pairs": [pair]} for name, pair in (("btc", "B-U"), ("eth", "E-U"))]
    marks: list[dict[str, object]] = [
        {"kind": "run", "time_ms": 1, "pair": "B-U", "strategy": "btc, eth", "strategies": several}
    ]
    for at_ms in (2_000, 3_000):
        money = {"kind": "money", "time_ms": at_ms, "mid": "1", "mark": "1", "wallet": "100", "equity": "100"}
        marks += [{**money, "pair": pair, "position": held} for pair, held in (("B-U", "1"), ("E-U", "2"))]
    folder = tmp_path / "data" / "binance_perpetual_local" / "one"
    folder.mkdir(parents=True)
    (folder / "b1.marks.jsonl").write_text("".join(f"{json.dumps(mark)}\n" for mark in marks))
    file = tmp_path / "report.html"
    for options, about, pairs in (
        (("--strategy", "eth"), "All pairs, eth;", {"Inventory, E"}),
        (("--strategy", "mine", "--since", "1970-01-01T00:00:02"), "All pairs, mine, from", BOTH),
        (("--pair", "b-u"), "B-U, every strategy;", {"Inventory, B"}),
    ):  # fmt: skip
        code, said = await done("report", str(file), *options, home=tmp_path)
        assert (code, said) == (0, f"{file}: 0 fills and 0 payments of 1 account")
        text = file.read_text()
        assert about in text and "; equity and drawdown are the account&#x27;s, of all of it." in text
        assert {name for name in BOTH if name in text} == pairs
        assert '<p class="note">btc, eth</p>' in text, "what ran is told where it began before that time, too"
    code, said = await done("report", str(file), "--strategy", "another", home=tmp_path)
    assert ": empty: " in said


async def test_another_pair_and_another_time_leave_it_empty_and_a_folder_is_refused(tmp_path: Path) -> None:
    killed(tmp_path / "data")
    file = tmp_path / "report.html"
    code, said = await done("report", str(file), "--pair", "NO-PAIR", "--since", "2024-01-01", home=tmp_path)
    assert (code, said) == (0, f"{file}: empty: no bot of the home {tmp_path} did anything in that time")
    assert "Nothing was done in that time." in file.read_text()
    assert "NO-PAIR, every strategy, from 2024-01-01 00:00:00. Times are UTC" in file.read_text()
    assert (await done("report", str(file), home=tmp_path))[1] == f"{file}: 1 fill and 0 payments of 1 account"
    assert (await done("report", str(tmp_path), home=tmp_path))[0] == 3
