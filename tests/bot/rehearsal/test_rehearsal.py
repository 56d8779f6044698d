"""Settings on a recording: the whole bot, in virtual time, the same run each time."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.quoting.run_plan import alone
from connector.bot.rehearsal.rehearsal import Part, Rehearsal
from connector.bot.report.summary import Summary
from connector.bot.session.instance_journal import Keeping
from connector.config.connector_settings import connector_settings
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.places import RECORDED, ROOT, SHIPPED_SETTINGS
from tests.companions.simulator.recordings import swinging

VENUE = RECORDED / "usdm-2024-08-08" / "btcusdt.gz"


def rehearsed(part: Part, home: Path, **changes: object) -> tuple[Summary, str]:
    """The shipped settings, some of them changed, on a part of a recording: its summary, and what it said."""
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    own = connector_settings(ROOT / "conf" / "connector.yml", must_exist=True)
    said = io.StringIO()
    keeping, console = Keeping(home / "data", own, in_loop=True), Console(file=said, width=200)
    summary = Rehearsal(alone(settings), part, keeping, console).run()
    assert summary is not None, said.getvalue()
    return summary, said.getvalue()


def test_the_same_settings_come_to_the_same_figures_each_time_and_the_books_agree(tmp_path: Path) -> None:
    part = Part(swinging(tmp_path, 40), begins_s=2, lasts_s=30)
    first, said = rehearsed(part, tmp_path / "one")
    again, _ = rehearsed(part, tmp_path / "again")
    (life,), (same,) = first.lives, again.lives
    assert life.bot.fills >= 3 and first.agrees, first.differences
    assert life.bot == same.bot and life.results == same.results
    (result,) = life.results
    assert sum(result.parts.values()) == result.change
    assert 30 <= first.duration_s < 32, "what the bot needs to begin and to end passes no time of the market"
    assert "REHEARSAL on recording.gz" in said and "DRY RUN" not in said


def test_it_ends_with_the_recording_and_an_order_on_a_longer_way_comes_later(tmp_path: Path) -> None:
    part = Part(swinging(tmp_path, 20))
    near, _ = rehearsed(part, tmp_path / "near")
    far, _ = rehearsed(replace(part, round_trip_ms=400), tmp_path / "far")
    assert 19 <= near.duration_s <= 22
    assert near.lives[0].bot != far.lives[0].bot


def test_what_can_not_be_rehearsed_is_refused_by_name(tmp_path: Path) -> None:
    recording = swinging(tmp_path, 5)
    with pytest.raises(ConfigFault, match=r"--from.*over by then"):
        rehearsed(Part(recording, begins_s=60), tmp_path)
    with pytest.raises(ConfigFault, match=r"RECORDING.*name a folder with"):
        rehearsed(Part(tmp_path / "none.gz"), tmp_path)
    torn = tmp_path / "torn.gz"
    torn.write_bytes(recording.read_bytes()[:300])
    with pytest.raises(ConfigFault, match=r"RECORDING.*can.t be read"):
        rehearsed(Part(torn), tmp_path)
    with pytest.raises(ConfigFault, match=r"price_source.*use current_market"):
        rehearsed(
            Part(recording), tmp_path, price_source="custom_api", price_type="custom",
            price_source_custom_api="http://127.0.0.1:1/",
        )  # fmt: skip


@pytest.mark.skipif(not VENUE.exists(), reason="the venue's recording is not here (../shared)")
def test_a_day_of_the_venue_is_traded_at_its_own_time(tmp_path: Path) -> None:
    summary, said = rehearsed(Part(VENUE, begins_s=2, lasts_s=15), tmp_path)
    (life,) = summary.lives
    assert summary.agrees and life.bot.fills >= 1
    assert life.bot.fees == life.bot.notional * Decimal("0.0002"), "each fill was a maker's"
    assert "23:54:" in said, "the clock is that of the recording"
