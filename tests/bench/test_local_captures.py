"""What stands in for the venue's recordings: the same bytes each time, as sound as they are, and of their shape."""

from dataclasses import replace
from pathlib import Path

import pytest

from connector.bot.commands.replay import replay
from tests.bench import sources, workloads
from tests.bench.local_captures import FOUR_PAIRS, ONE_MARKET, ONE_PAIR, Shape, make
from tests.bench.market_model import recorded


def levels_a_frame(path: Path) -> float:
    frames = workloads.captured(path).frames
    return sum(frame.count(b'["') for frame in frames) / len(frames)


@pytest.mark.parametrize(("shape", "levels"), [(FOUR_PAIRS, 8), (ONE_PAIR, 68)])
def test_a_capture_is_played_back_whole_and_has_the_levels_of_the_venues(
    tmp_path: Path, shape: Shape, levels: int
) -> None:
    path = make(replace(shape, lasts_ms=15_000), tmp_path)
    result = replay(path)
    assert set(result.symbols) == {instrument.symbol for instrument in shape.instruments}
    assert (result.malformed, result.ignored) == (0, 0)
    for row in result.symbols.values():
        assert row.resyncs == 0 and row.applied > 60
        assert row.checked == row.matched
    assert 0.8 < levels_a_frame(path) / levels < 1.2


def test_a_seed_makes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    made = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        made.append(make(replace(ONE_MARKET, lasts_ms=2_000), tmp_path / name, seed).read_bytes())
    assert made[0] == made[1] != made[2]


def test_the_market_of_a_capture_is_read_as_that_of_a_recording(tmp_path: Path) -> None:
    market = recorded(make(replace(ONE_MARKET, lasts_ms=10_000), tmp_path))
    assert len(market.trades) > 200
    assert 90 <= len(market.books) <= 100


def test_a_recording_that_is_not_here_is_stood_in_for_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sources, "RECORDED_2021", tmp_path / "usdm-2021-07-22")
    source = sources.four_pairs.__wrapped__()
    assert (source.name, source.is_recorded) == ("local-four-pairs", False)
    assert "usdm-2021-07-22 is not beside the project: local-four-pairs, made by" in capsys.readouterr().err
    assert workloads.captured(source.path).frames
