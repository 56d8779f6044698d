"""A recording is played back as it was lived."""

import asyncio
import gzip
import resource
from pathlib import Path

import pytest

from connector.bot.commands.captures import CapturedFrame, CapturedSnapshot, read_capture
from connector.bot.commands.record import Recorder, RecordOptions
from connector.bot.commands.replay import replay
from connector.core.faults import ConfigFault
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


def recorder(venue: LocalExchange, path: Path, *pairs: str, duration_s: float | None = None) -> Recorder:
    return Recorder(path, pairs, RecordOptions(LOCAL, venue.rest, duration_s), loop_clock())


async def test_every_event_of_a_recording_is_played_back_with_the_venues_own_touch(tmp_path: Path) -> None:
    path = tmp_path / "one.gz"
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        one = recorder(venue, path, "BTC-USDT", duration_s=4.0)
        await one.run()
    row = replay(path).symbols["BTCUSDT"]
    assert row.applied > 20 and row.resyncs == 0
    assert row.checked == row.matched > 20
    assert (one.snapshots, row.frames) == (1, one.frames)
    assert one.summary == f"{path}: {one.frames} frames and 1 snapshots of BTC-USDT"


async def test_several_pairs_share_a_file_and_a_gap_is_followed_by_a_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "two.gz"
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        both = recorder(venue, path, "BTC-USDT", "ETH-USDT")
        running = asyncio.create_task(both.run())
        await until(lambda: both.snapshots == 2 and both.frames > 60, "both are recorded")
        venue.faults.arm("drop_depth", stream="ethusdt@depth@100ms")
        await until(lambda: both.snapshots == 3, "the gap's snapshot")
        frames = both.frames
        await until(lambda: both.frames > frames + 60, "more")
        both.stop.set()
        await running
    rows = replay(path).symbols
    assert set(rows) == {"BTCUSDT", "ETHUSDT"}
    assert [rows[symbol].resyncs for symbol in ("BTCUSDT", "ETHUSDT")] == [0, 1]
    assert all(row.checked == row.matched > 5 for row in rows.values())
    taken = [record.symbol for record in read_capture(path) if isinstance(record, CapturedSnapshot)]
    assert sorted(taken[:2]) == ["BTCUSDT", "ETHUSDT"] and taken[2] == "ETHUSDT"


async def test_a_recording_that_had_to_connect_anew_is_played_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        one = recorder(venue, path, "BTC-USDT")
        running = asyncio.create_task(one.run())
        for cuts in range(1, 4):
            frames = one.frames
            await until(lambda frames=frames: one.frames > frames + 90, "some frames")
            venue.faults.arm("cut_sockets")
            await until(lambda cuts=cuts: one.snapshots > cuts, "a snapshot for the new connection")
        frames = one.frames
        await until(lambda: one.frames > frames + 90, "more")
        one.stop.set()
        await running
    depth = sum(b'"depthUpdate"' in record.frame for record in read_capture(path) if isinstance(record, CapturedFrame))
    row = replay(path).symbols["BTCUSDT"]
    assert row.applied + row.skipped == depth and row.applied > 20
    assert row.checked == row.matched > 10


async def test_a_recording_whose_disk_is_full_ends_with_one_line_and_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "full.gz"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        one = recorder(venue, path, "BTC-USDT")
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
        try:
            with pytest.raises(ConfigFault, match="cannot be written any more: File too large"):
                await one.run()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    row = replay(path).symbols["BTCUSDT"]
    assert row.checked == row.matched > 10
    assert one.frames >= row.frames


async def test_what_was_recorded_can_be_read_while_it_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "living.gz"
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        one = recorder(venue, path, "BTC-USDT")
        running = asyncio.create_task(one.run())
        await until(lambda: path.exists() and path.stat().st_size > 20_000, "something was written")
        row = replay(path).symbols["BTCUSDT"]
        assert row.checked == row.matched > 5
        one.stop.set()
        await running


async def test_what_a_recording_lacks_is_told(tmp_path: Path) -> None:
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        one = recorder(venue, tmp_path / "silent.gz", "BTC-USDT", duration_s=9.0)
        running = asyncio.create_task(one.run())
        await until(lambda: one.frames > 30, "it records")
        venue.faults.arm("drop_depth", stream="btcusdt@depth@100ms")
        await until(lambda: one.snapshots == 2, "the gap's snapshot")
        venue.faults.arm("silent_stream", stream="btcusdt@depth@100ms", ms=60_000)
        await running
    assert "; BTC-USDT: 1 gap; BTC-USDT: depth silent for the last " in one.summary


async def test_lines_are_what_was_received_with_its_time(tmp_path: Path) -> None:
    path, clock = tmp_path / "lines.gz", loop_clock()
    began_ns = clock.now_ns()
    async with LocalExchange(SimulatorSettings(clock=loop_clock())) as venue:
        await recorder(venue, path, "BTC-USDT", duration_s=1.5).run()
    lines = gzip.decompress(path.read_bytes()).splitlines()
    stamps = [int(line.partition(b" ")[0]) for line in lines]
    assert stamps == sorted(stamps) and began_ns <= stamps[0] and stamps[-1] <= clock.now_ns()
    texts = [line.partition(b" ")[2] for line in lines]
    assert sum(text.startswith(b'{"lastUpdateId"') for text in texts) == 1
    kinds = {text.split(b'"')[3] for text in texts if text.startswith(b'{"stream":')}
    assert {b"btcusdt@depth@100ms", b"btcusdt@bookTicker", b"btcusdt@markPrice@1s"} <= kinds


async def test_a_file_that_is_there_is_left_alone(venue: LocalExchange, tmp_path: Path) -> None:
    path = tmp_path / "mine.gz"
    path.write_text("mine")
    with pytest.raises(ConfigFault, match="exists already"):
        await recorder(venue, path, "BTC-USDT").run()
    assert path.read_text() == "mine"


async def test_a_pair_that_is_not_listed_and_no_pair_at_all_leave_no_file(venue: LocalExchange, tmp_path: Path) -> None:
    path = tmp_path / "none.gz"
    with pytest.raises(ConfigFault, match="NO-SUCH"):
        await recorder(venue, path, "NO-SUCH").run()
    with pytest.raises(ConfigFault, match="names no pair"):
        await recorder(venue, path).run()
    with pytest.raises(ConfigFault, match="cannot be written"):
        await recorder(venue, tmp_path / "absent" / "x.gz", "BTC-USDT").run()
    assert not path.exists()
