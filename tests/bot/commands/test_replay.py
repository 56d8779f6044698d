import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector.bot.commands.replay import ReplayResult, replay
from connector.core.faults import ConfigFault
from connector.core.twins import COMPILED
from connector.market.frames import FrameDecoder
from connector.market.plain import frames
from connector.market.symbol_feed import SymbolFeed
from tests.companions.places import RECORDED

OF_2021 = RECORDED / "usdm-2021-07-22"
OF_2024 = RECORDED / "usdm-2024-08-08" / "btcusdt.gz"

needs_recordings = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded traffic is not at ../shared")
needs_both_twins = pytest.mark.skipif(not COMPILED, reason="the compiled twin is not loaded: nothing to compare")

#: Every event of a day's recording is much work, and a busy machine does it slowly.
is_long_work = pytest.mark.timeout(600)


def hashes(path: Path, new_decoder: Callable[[], Any]) -> tuple[ReplayResult, list[tuple[str, int, int]]]:
    seen: list[tuple[str, int, int]] = []

    def watch(one: SymbolFeed) -> None:
        seen.append((one.symbol, one.book.last_diff_uid, one.book.state_hash()))

    return replay(path, new_decoder=new_decoder, watcher=watch), seen


@needs_recordings
def test_the_recording_of_2021_ends_on_its_four_pairs_of_prices() -> None:
    result = replay(OF_2021)
    ends = {
        symbol: (str(row.best_bid and row.best_bid[0].normalize()), str(row.best_ask and row.best_ask[0].normalize()))
        for symbol, row in result.symbols.items()
    }
    assert ends == {
        "SUSHIUSDT": ("7.612", "7.616"),
        "AKROUSDT": ("0.01734", "0.01735"),
        "KEEPUSDT": ("0.2463", "0.2467"),
        "CTKUSDT": ("1.011", "1.012"),
    }
    assert sum(row.frames for row in result.symbols.values()) == 1_535
    assert sum(row.applied + row.skipped for row in result.symbols.values()) == 255 + 189 + 185 + 135
    assert all(row.checked == row.matched > 100 and row.resyncs == 0 for row in result.symbols.values())
    assert (result.ignored, result.malformed) == (67, 0)


@needs_recordings
@is_long_work
def test_each_event_of_2024_leaves_the_touch_that_the_venue_told() -> None:
    result = replay(OF_2024)
    row = result.symbols["BTCUSDT"]
    assert list(result.symbols) == ["BTCUSDT"]
    assert (row.checked, row.matched) == (6_546, 6_546)
    assert (row.applied, row.skipped, row.resyncs) == (6_547, 4, 0)
    assert row.frames == 6_551 + 66_089 + 21_313


@needs_recordings
@needs_both_twins
@is_long_work
@pytest.mark.parametrize("path", [OF_2021, OF_2024], ids=["2021", "2024"])
def test_both_twins_hold_the_same_levels_after_each_event(path: Path) -> None:
    plain_result, plain_hashes = hashes(path, frames.FrameDecoder)
    result, compiled_hashes = hashes(path, FrameDecoder)
    assert result == plain_result
    assert compiled_hashes == plain_hashes
    assert len({told for _, _, told in plain_hashes}) > 0.9 * len(plain_hashes)


def capture(path: Path, *records: object) -> Path:
    lines = [f"{number}000000 {json.dumps(record)}\n" for number, record in enumerate(records, 1)]
    path.write_bytes(gzip.compress("".join(lines).encode()))
    return path


def depth(first_id: int, last_id: int, previous_id: int, bid: str, amount: str, symbol: str = "BTCUSD_PERP") -> object:
    data = {
        "e": "depthUpdate", "s": symbol, "ps": "BTCUSD", "st": 2, "U": first_id, "u": last_id, "pu": previous_id,
        "b": [[bid, amount]], "a": [],
    }  # fmt: skip
    return {"stream": "btcusd_perp@depth@100ms", "data": data}


def ticker(update_id: int, bid: str, amount: str) -> object:
    data = {"e": "bookTicker", "u": update_id, "s": "BTCUSD_PERP", "b": bid, "B": amount, "a": "102.5", "A": "7"}
    return {"stream": "btcusd_perp@bookTicker", "data": data}


SNAPSHOT = {"lastUpdateId": 100, "bids": [["99.0", "1"], ["98.0", "5"]], "asks": [["102.5", "7"]]}


def test_a_capture_of_the_other_family_is_taken_and_checked_by_id_whatever_the_arrival(tmp_path: Path) -> None:
    path = capture(
        tmp_path / "x.gz",
        depth(80, 90, 70, "97", "1"),
        depth(91, 105, 90, "99.5", "2"),
        SNAPSHOT,
        depth(106, 110, 105, "99.5", "3"),
        depth(111, 120, 110, "99.7", "4"),
        ticker(110, "99.5", "3"),
        ticker(118, "99.6", "4"),
        ticker(104, "99.5", "2"),
    )
    row = replay(path).symbols["BTCUSD_PERP"]
    assert (row.frames, row.applied, row.skipped, row.resyncs) == (7, 3, 1, 0)
    assert (row.checked, row.matched) == (3, 2)


def test_a_ticker_older_than_the_snapshot_checks_nothing(tmp_path: Path) -> None:
    path = capture(tmp_path / "x.gz", ticker(99, "1", "1"), SNAPSHOT, depth(95, 105, 90, "99.5", "2"))
    row = replay(path).symbols["BTCUSD_PERP"]
    assert (row.applied, row.checked) == (1, 0)


def test_a_gap_is_counted_and_the_next_snapshot_of_the_capture_mends_it(tmp_path: Path) -> None:
    path = capture(
        tmp_path / "x.gz",
        SNAPSHOT,
        depth(95, 105, 90, "99.5", "2"),
        depth(120, 130, 110, "99.6", "2"),
        {**SNAPSHOT, "lastUpdateId": 125},
        depth(131, 140, 130, "99.7", "2"),
    )
    row = replay(path).symbols["BTCUSD_PERP"]
    assert (row.applied, row.skipped, row.resyncs) == (3, 0, 1)


def test_the_result_as_json_has_plain_numbers(tmp_path: Path) -> None:
    path = capture(tmp_path / "x.gz", SNAPSHOT, depth(95, 105, 90, "99.50", "0.00000200"), {"e": "kline", "s": "OTHER"})
    assert json.loads(replay(path).as_json()) == {
        "symbols": {
            "BTCUSD_PERP": {
                "frames": 1,
                "applied": 1,
                "skipped": 0,
                "resyncs": 0,
                "best_bid": ["99.5", "0.000002"],
                "best_ask": ["102.5", "7"],
                "checked": 0,
                "matched": 0,
            }
        },
        "ignored": 1,
        "malformed": 0,
    }


def test_a_symbol_without_a_book_ends_on_nothing(tmp_path: Path) -> None:
    path = capture(tmp_path / "x.gz", depth(95, 105, 90, "99.5", "2"), {"e": "depthUpdate"})
    told = json.loads(replay(path).as_json())
    assert (told["symbols"]["BTCUSD_PERP"]["best_bid"], told["malformed"]) == (None, 1)


@pytest.mark.parametrize("symbols", [[], ["A", "B"]])
def test_a_snapshot_that_names_no_symbol_needs_a_capture_of_one(tmp_path: Path, symbols: list[str]) -> None:
    path = capture(tmp_path / "x.gz", *(depth(1, 2, 0, "1", "1", symbol) for symbol in symbols), SNAPSHOT)
    with pytest.raises(ConfigFault, match=f"name {len(symbols)}"):
        replay(path)


def test_a_path_that_is_no_capture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="does not exist"):
        replay(tmp_path / "absent")
