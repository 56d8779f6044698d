"""`connector limits`: what bots of a home have written, and letting go what struck."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

from connector.bot.exit_codes import ExitCode
from connector.exchange.network.limits_file import LIMITS_NAME, LimitsFile
from connector.risk.limit_row import LimitRow
from connector.risk.loss_limits import DayStand
from connector.store.instance_lock import InstanceLock
from tests.companions.flows.in_process import done

D = Decimal
STRUCK = LimitRow("max_loss_of_day", D("512.5"), D(500), "USDT", struck=True)
NEAR = LimitRow("min_liquidation_distance BTC-USDT", D(12), D(5), "% of mark", is_least=True)


def written(home: Path, tag: str = "b1a2b3") -> Path:
    folder = home / "data" / "binance_perpetual_local" / "3f9ac01b22de" / tag
    LimitsFile(folder).write(DayStand(20_000, D(10_000), STRUCK), (STRUCK, NEAR), 1_800_000_000_000, "USDT")
    return folder


async def test_each_limit_is_shown_with_use_and_bound(tmp_path: Path) -> None:
    written(tmp_path)
    code, said = await done("limits", home=tmp_path)
    assert code == ExitCode.OK
    assert "b1a2b3: does not run, written 2027-01-15 08:00:00 UTC" in " ".join(said.split())
    assert all(words in said for words in ("max_loss_of_day", "512.5", "at most 500", "struck", "at least 5"))


async def test_the_same_as_json(tmp_path: Path) -> None:
    written(tmp_path)
    code, said = await done("limits", "--json", home=tmp_path)
    (one,) = json.loads(said)["instances"]
    assert code == ExitCode.OK
    assert one["instance"] == "binance_perpetual_local/3f9ac01b22de/b1a2b3"
    assert (one["runs"], one["asset"]) == (False, "USDT")
    assert one["limits"][0] == {
        "name": "max_loss_of_day", "use": "512.5", "bound": "500", "unit": "USDT", "struck": True,
    }  # fmt: skip


async def test_what_struck_is_let_go_and_the_day_counts_anew(tmp_path: Path) -> None:
    folder = written(tmp_path)
    code, said = await done("limits", "--release", home=tmp_path)
    assert code == ExitCode.OK and "struck" not in said
    kept = LimitsFile(folder).read()
    assert kept is not None and (kept.stand, kept.asset) == (DayStand(20_000, None), "USDT")


async def test_one_instance_is_named_by_its_tag_and_the_other_left_as_it_is(tmp_path: Path) -> None:
    written(tmp_path)
    other = written(tmp_path, "desk2")
    assert (await done("limits", "--release", "--tag", "b1a2b3", home=tmp_path))[0] == ExitCode.OK
    kept = LimitsFile(other).read()
    assert kept is not None and kept.stand is not None and kept.stand.struck == STRUCK
    code, said = await done("limits", "--tag", "desk3", home=tmp_path)
    assert code == ExitCode.BAD_CONFIG and "no instance of this home has it" in said


async def test_a_bot_that_runs_is_told_and_waited_for(tmp_path: Path) -> None:
    folder = written(tmp_path)
    lock = InstanceLock(folder, "b1a2b3")
    try:
        asking = asyncio.create_task(done("limits", "--release", home=tmp_path))
        while not LimitsFile(folder).takes_release():
            await asyncio.sleep(0.01)
        assert (await asking)[0] == ExitCode.OK
        assert LimitsFile(folder).read() is not None, "it is the bot's to write"
    finally:
        lock.release()


async def test_a_home_without_limits_says_so_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    assert await done("limits", home=tmp_path) == (ExitCode.OK, f"no bot of the home {tmp_path} has written limits")
    folder = written(tmp_path)
    (folder / LIMITS_NAME).write_text("{")
    code, said = await done("limits", home=tmp_path)
    assert code == ExitCode.BAD_CONFIG and "holds no limits" in said
