"""The second shipped example: tuned on recordings, and what the page says of it is what it comes to."""

import json
import signal
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from connector.bot.commands.init import write_example
from connector.bot.home import home_at
from tests.companions.documents.shipped_examples import EXAMPLES, FIGURES, PLAYED, Played, rehearsed, settings_of
from tests.companions.flows.programs import started
from tests.companions.places import RECORDED, TUNED_SETTINGS

LIMITS = {"max_position_notional", "max_open_orders_notional", "max_order_rate", "max_loss_of_run", "max_drawdown"}
TOLD = json.loads(FIGURES.read_text())
needs_recordings = pytest.mark.skipif(not RECORDED.exists(), reason="the venue's recordings are not here (../shared)")


def test_the_copy_inside_the_package_is_the_one_of_a_clone() -> None:
    inside = files("connector.bot.commands").joinpath(TUNED_SETTINGS.name)
    assert inside.read_bytes() == TUNED_SETTINGS.read_bytes()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_figures_on_the_page_are_of_the_settings_that_are_shipped(name: str) -> None:
    """Made anew by `python -m tests.companions.documents.shipped_examples`."""
    assert TOLD["settings"][name] == settings_of(EXAMPLES[name])


@needs_recordings
@pytest.mark.parametrize("played", [row for row in PLAYED if row.is_short], ids=lambda row: row.name)
def test_on_a_short_part_it_trades_less_than_the_first_and_its_result_is_split_whole(
    played: Played, tmp_path: Path
) -> None:
    first, tuned = (rehearsed(EXAMPLES[name], played, tmp_path / name) for name in ("first", "tuned"))
    assert tuned["fills"] >= 1 and Decimal(tuned["volume"]) < Decimal(first["volume"]) / 2
    for row in (first, tuned):
        parts = ("spread captured", "fees", "funding", "inventory", "others")
        assert sum(Decimal(row[name]) for name in parts) == Decimal(row["result"])


async def test_it_quotes_both_sides_at_the_local_exchange_with_the_limits_on(tmp_path: Path) -> None:
    """As it says at its head: by `--config`, in a home that `connector init` made."""
    write_example(home_at(tmp_path))
    written, config = tmp_path / "out.json", tmp_path / "conf" / TUNED_SETTINGS.name
    words = ("run", "--config", str(config), "--json", str(written))
    async with started(*words, home=tmp_path) as bot:
        await bot.quotes()
        async with started("status", "--json", home=tmp_path) as asked:
            assert await asked.ends() == 0, asked.text
        bot.send(signal.SIGINT)
        assert await bot.ends() == 0, bot.text
    told = json.loads(written.read_text())
    assert told["bot"]["placed"] == told["exchange"]["placed"] >= 2
    assert told["orders"]["refusals"] == {} and told["residual"] == "0"
    limits = json.loads(asked.text)["bots"][0]["limits"]
    assert {row["name"].partition(" ")[0] for row in limits} >= LIMITS
    assert not [row for row in limits if row["struck"]]
