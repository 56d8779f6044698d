"""What a crash leaves of a log, and what is read of it."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.journal import Record, Restated, TradesRead
from connector.store.record_lines import line_of
from connector.store.segments import cut_torn_tail, read_log, read_segment, segment_path, segments_of
from tests.companions.store.samples import RECORDS, changed, intended


def written(folder: Path, *records: Record, number: int = 1) -> Path:
    path = segment_path(folder, number)
    path.write_bytes(b"".join(map(line_of, records)))
    return path


@settings(max_examples=200, deadline=None)  # files are written
@given(records=st.lists(RECORDS, min_size=1, max_size=8), data=st.data())
def test_whatever_a_crash_tears_off_only_whole_lines_before_it_are_read(
    tmp_path_factory: object, records: list[Record], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("log")  # type: ignore[attr-defined]
    lines = [line_of(record) for record in records]
    whole = b"".join(lines)
    kept = data.draw(st.integers(0, len(whole)))
    # What the disk had for the rest: nothing, zeros, or what stood there before.
    rest = data.draw(st.sampled_from([b"", b"\0" * 512, b"\xff" * 40, b"00004b 9a3f"]))
    path = segment_path(folder, 1)
    path.write_bytes(whole[:kept] + (rest if kept < len(whole) else b""))
    text = read_segment(path)
    count = next((n for n in range(len(lines), -1, -1) if len(b"".join(lines[:n])) <= kept), 0)
    assert list(text.records) == records[:count]
    assert text.damage == ()
    if text.is_torn:
        cut_torn_tail(text)
    again = read_segment(path)
    assert (list(again.records), again.is_torn) == (records[:count], False)


def test_damage_with_sound_lines_behind_it_is_named_by_its_bytes_and_skipped(tmp_path: Path) -> None:
    records = (intended("a"), intended("b"), intended("c"))
    path = written(tmp_path, *records)
    data = bytearray(path.read_bytes())
    start = len(line_of(records[0]))
    data[start + 30] ^= 1
    path.write_bytes(data)
    text = read_segment(path)
    assert text.records == (records[0], records[2])
    end = start + len(line_of(records[1]))
    assert text.damage == (
        f"{path}: bytes {start} to {end} can't be read (its checksum differs); what stood there is not known",
    )
    assert not text.is_torn


def test_only_the_newest_files_from_one_that_restates_everything_are_read(tmp_path: Path) -> None:
    written(tmp_path, Restated(0), intended("old"), number=1)
    written(tmp_path, intended("kept"), Restated(1), changed("kept"), number=2)
    written(tmp_path, TradesRead("BTCUSDT", 7), number=3)
    assert [segment.path.name for segment in read_log(tmp_path)] == ["journal-00000002.log", "journal-00000003.log"]


def test_a_log_that_never_restated_is_read_whole(tmp_path: Path) -> None:
    written(tmp_path, intended("a"), number=1)
    written(tmp_path, intended("b"), number=2)
    assert [segment.records for segment in read_log(tmp_path)] == [(intended("a"),), (intended("b"),)]


def test_other_files_of_the_folder_are_no_segments(tmp_path: Path) -> None:
    (tmp_path / "journal-copy.log").write_text("x")
    (tmp_path / "instance.lock").write_text("")
    assert segments_of(tmp_path) == []
