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


async def test_another_pair_and_another_time_leave_it_empty_and_a_folder_is_refused(tmp_path: Path) -> None:
    killed(tmp_path / "data")
    file = tmp_path / "report.html"
    code, said = await done("report", str(file), "--pair", "NO-PAIR", "--since", "2024-01-01", home=tmp_path)
    assert (code, said) == (0, f"{file}: empty: no bot of this home ({tmp_path / 'data'}) did anything in that time")
    assert "Nothing was done in that time." in file.read_text()
    assert "NO-PAIR, every strategy, from 2024-01-01 00:00:00. Times are UTC" in file.read_text()
    assert (await done("report", str(file), home=tmp_path))[1] == f"{file}: 1 fill and 0 payments of 1 account"
    assert (await done("report", str(tmp_path), home=tmp_path))[0] == 3
