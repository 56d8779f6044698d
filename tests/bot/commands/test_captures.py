import gzip
import json
from pathlib import Path

import pytest

from connector.bot.commands.captures import FRAMES, SNAPSHOTS, CapturedFrame, CapturedSnapshot, read_capture
from connector.core.faults import ConfigFault

FRAME = b'{"stream":"btcusdt@trade","data":{"e":"trade"}}'
BODY = b'{"lastUpdateId":7,"bids":[],"asks":[]}'


def folder(path: Path, frames: list[object], snapshots: list[object]) -> Path:
    for name, rows in ((FRAMES, frames), (SNAPSHOTS, snapshots)):
        (path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def frame(received: object, text: object = FRAME.decode()) -> dict[str, object]:
    return {"received": received, "frame": text}


def snapshot(received: object, symbol: str = "BTCUSDT") -> dict[str, object]:
    return {"received": received, "symbol": symbol, "body": BODY.decode()}


def packed(path: Path, *lines: bytes) -> Path:
    path.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))
    return path


def fault_of(path: Path) -> str:
    with pytest.raises(ConfigFault) as caught:
        list(read_capture(path))
    return str(caught.value)


def test_a_folder_is_read_in_order_of_arrival(tmp_path: Path) -> None:
    folder(tmp_path, [frame(1626992741.06217), frame(1626992743.5)], [snapshot(1626992742)])
    assert list(read_capture(tmp_path)) == [
        CapturedFrame(1626992741_062170000, FRAME),
        CapturedSnapshot(1626992742_000000000, "BTCUSDT", BODY),
        CapturedFrame(1626992743_500000000, FRAME),
    ]


def test_frames_stay_in_the_order_of_their_file(tmp_path: Path) -> None:
    folder(tmp_path, [frame(2.0, "first"), frame(1.0, "second")], [])
    assert [record.frame for record in read_capture(tmp_path) if isinstance(record, CapturedFrame)] == [
        b"first", b"second",
    ]  # fmt: skip


def test_a_gz_holds_frames_as_received_and_snapshots_at_their_place(tmp_path: Path) -> None:
    raw = b'{"e":"trade","s":"BTCUSDT"}'
    path = packed(tmp_path / "x.gz", b"10 " + FRAME, b"20 " + BODY, b"30 " + raw, b'40 [{"e":"markPriceUpdate"}]')
    assert list(read_capture(path)) == [
        CapturedFrame(10, FRAME),
        CapturedSnapshot(20, "", BODY),
        CapturedFrame(30, raw),
        CapturedFrame(40, b'[{"e":"markPriceUpdate"}]'),
    ]


def test_a_capture_is_read_lazily(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.gz", b"10 " + FRAME, b"broken")
    records = read_capture(path)
    assert next(records) == CapturedFrame(10, FRAME)
    with pytest.raises(ConfigFault):
        next(records)


def test_a_malformed_frame_is_passed_on_as_it_came(tmp_path: Path) -> None:
    folder(tmp_path, [frame(1, "not JSON")], [])
    assert list(read_capture(tmp_path)) == [CapturedFrame(10**9, b"not JSON")]


@pytest.mark.parametrize("kind", ["missing", "empty folder", "half a folder", "text", "empty file"])
def test_what_is_no_capture_is_refused_at_once_and_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "capture"
    if kind in ("empty folder", "half a folder"):
        path.mkdir()
    if kind == "half a folder":
        (path / FRAMES).write_text("")
    if kind in ("text", "empty file"):
        path.write_text("" if kind == "empty file" else "10 {}")
    with pytest.raises(ConfigFault, match="does not exist" if kind == "missing" else "is no capture") as caught:
        read_capture(path)
    assert str(path) in str(caught.value)
    assert FRAMES in str(caught.value)


@pytest.mark.parametrize(
    "line",
    [b"", b"20", b"x " + FRAME, b"20 " + FRAME[:-1], b"20 17", b"20 pong", b"20 " + FRAME + b" 21 {}", b"\xff {}"],
)
def test_a_broken_line_is_named_by_file_and_number(tmp_path: Path, line: bytes) -> None:
    path = packed(tmp_path / "x.gz", b"10 " + FRAME, line)
    told = fault_of(path)
    assert str(path) in told
    assert "line 2" in told


@pytest.mark.parametrize(
    "row",
    [[], {}, frame(None), frame("1"), frame(True), frame(float("nan")), frame(1.0, None), {"received": 1.0}],
)
def test_a_broken_row_is_named_by_file_and_number(tmp_path: Path, row: object) -> None:
    told = fault_of(folder(tmp_path, [frame(1.0), row], []))
    assert str(tmp_path / FRAMES) in told
    assert "line 2" in told


def test_a_row_cut_in_the_middle_is_named_by_file_and_number(tmp_path: Path) -> None:
    folder(tmp_path, [frame(1.0)], [snapshot(1.0), snapshot(2.0)])
    whole = (tmp_path / SNAPSHOTS).read_bytes()
    (tmp_path / SNAPSHOTS).write_bytes(whole[:-20])
    told = fault_of(tmp_path)
    assert str(tmp_path / SNAPSHOTS) in told
    assert "line 2" in told


def test_a_gz_cut_in_the_middle_is_read_to_there_and_said_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = packed(tmp_path / "x.gz", *(b"%d " % number + FRAME for number in range(5_000)))
    path.write_bytes(path.read_bytes()[:-2_000])
    read = [record.received_ns for record in read_capture(path)]
    assert read == list(range(len(read))) and 1_000 < len(read) < 5_000
    assert f"{path} ends within line {len(read) + 1}" in caplog.text
    caplog.clear()
    assert len(list(read_capture(path, warns=False))) == len(read) and caplog.text == ""


def test_a_gz_cut_before_its_first_line_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.gz", b"1 " + FRAME)
    path.write_bytes(path.read_bytes()[:12])
    told = fault_of(path)
    assert str(path) in told and "line 1" in told


def test_a_gz_with_a_damaged_middle_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.gz", *(b"%d " % number + FRAME for number in range(5_000)))
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 60] = bytes(60)
    path.write_bytes(whole)
    assert str(path) in fault_of(path)


def test_a_path_names_a_capture_its_folder_or_its_half(tmp_path: Path) -> None:
    from connector.bot.commands.captures import FRAMES, SNAPSHOTS, captures_at

    folder, zipped = tmp_path / "folder", tmp_path / "zipped"
    folder.mkdir()
    zipped.mkdir()
    for name in (FRAMES, SNAPSHOTS):
        (folder / name).write_text("")
    for name in ("b.gz", "a.gz"):
        (zipped / name).write_bytes(b"")
    assert captures_at(folder) == captures_at(folder / FRAMES) == (folder,)
    assert captures_at(zipped) == (zipped / "a.gz", zipped / "b.gz")
    assert captures_at(tmp_path / "nowhere") == (tmp_path / "nowhere",)
