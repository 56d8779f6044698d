import os
from dataclasses import replace
from pathlib import Path

from connector.simulator.background.replayed_market import ReplayedMarket
from connector.simulator.background.seeded_market import SeededMarket
from connector.simulator.persistence.epoch import begun, saved
from tests.companions.simulator.callers import QUIET, START_MS
from tests.companions.simulator.recordings import SNAPSHOT, depth, written


def test_a_new_life_has_a_market_a_key_and_a_name_of_its_own() -> None:
    one, other = begun(QUIET, START_MS, 0), begun(QUIET, START_MS, 0)
    assert isinstance(one.market, SeededMarket)
    assert one.api_keys.find(one.default_key.api_key) == one.default_key
    assert one.name != other.name and one.default_key.api_key != other.default_key.api_key


def test_a_recording_brings_its_own_contracts(tmp_path: Path) -> None:
    epoch = begun(replace(QUIET, replay=written(tmp_path, [SNAPSHOT, depth(101)])), START_MS, 0)
    assert isinstance(epoch.market, ReplayedMarket)
    assert list(epoch.engine.listings) == ["BTCUSDT"]


def test_a_recording_that_is_being_written_is_the_market_of_the_contracts_that_are_named() -> None:
    reading, writing = os.pipe()
    epoch = begun(replace(QUIET, growing_replay=reading), START_MS, 0)
    assert isinstance(epoch.market, ReplayedMarket)
    assert list(epoch.engine.listings) == [row.symbol for row in QUIET.instruments]
    assert not epoch.market.is_over
    os.close(writing)


def test_a_kept_life_comes_back(tmp_path: Path) -> None:
    settings = replace(QUIET, state=tmp_path / "state")
    epoch = begun(settings, START_MS, 0)
    saved(epoch, tmp_path / "state", 5)
    back = begun(settings, START_MS + 1, 1_000)
    assert (back.name, back.default_key, back.engine.accounts.keys()) == (
        epoch.name,
        epoch.default_key,
        epoch.engine.accounts.keys(),
    )
