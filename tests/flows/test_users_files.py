"""Files that users wrote for another host load as they are, trade, and leave nothing behind."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.companions.flows.programs import started
from tests.companions.places import USERS_FILES


@pytest.mark.parametrize("name", ["template_5", "template_6_hedge", "template_6_optimised"])
async def test_a_users_file_loads_as_it_is_and_runs(tmp_path: Path, name: str) -> None:
    written, file = tmp_path / "out.json", USERS_FILES / f"{name}.yml"
    local = ("--domain", "binance_perpetual_local", "--config", str(file))
    async with started("run", *local, "--duration", "8", "--json", str(written), home=tmp_path) as bot:
        await bot.quotes()
        assert await bot.ends() == 0, bot.text
    row = json.loads(written.read_text())
    assert row["bot"]["placed"] > 0
    assert row["exchange"]["open_at_end"] == 0
    assert Decimal(row["residual"]) == 0
    earlier = [line for _, line in bot.lines if "of an earlier version, off, and not used" in line]
    assert len(earlier) == (1 if name == "template_5" else 0), bot.text
