"""The journal of one instance, from life to life."""

import resource
from pathlib import Path

import pytest

from connector.core.faults import ConfigFault, InstanceFault
from connector.core.journal import LifeBegan, LifeEnded, Restated
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from tests.companions.store.samples import changed, intended
from tests.store.test_write_ahead_log import disk_full_at


def journal(folder: Path) -> FileJournal:
    return FileJournal(folder, "desk1", Durability.NONE)


def test_a_life_finds_what_the_one_before_wrote(tmp_path: Path) -> None:
    first = journal(tmp_path)
    assert list(first.take_earlier()) == []
    first.begin(1_000)
    first.append(intended())
    assert first.report() == {"durability": "none", "longest_sync_ms": 0.0, "trouble": ""}
    assert first.end(2_000) == ""
    second = journal(tmp_path)
    assert list(second.take_earlier()) == [LifeBegan("desk1", 1_000), Restated(0), intended(), LifeEnded(2_000)]
    second.restate_by(lambda: (intended(), changed()))
    second.begin(3_000)
    second.end(4_000)
    third = journal(tmp_path)
    assert list(third.take_earlier()) == [
        intended(), changed(), LifeBegan("desk1", 3_000, 2), Restated(2), LifeEnded(4_000),
    ]  # fmt: skip
    third.end(5_000)


def test_a_torn_tail_is_cut_off_and_the_next_life_appends_to_whole_lines(tmp_path: Path) -> None:
    first = journal(tmp_path)
    first.begin(1_000)
    first.append(intended("whole"))
    first.append(intended("torn"))
    first.end(2_000)
    (path,) = tmp_path.glob("journal-*.log")
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"torn") + 2])
    second = journal(tmp_path)
    earlier = list(second.take_earlier())
    assert intended("whole") in earlier
    assert intended("torn") not in earlier
    assert list(second.take_earlier()) == [], "it is held no longer"
    assert second.damage == ()
    second.end(3_000)


def test_a_second_instance_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    first = journal(tmp_path)
    with pytest.raises(InstanceFault):
        journal(tmp_path)
    first.end(1_000)
    journal(tmp_path).end(2_000)


def test_a_start_on_a_full_disk_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    opened = journal(tmp_path / "journal")
    with disk_full_at(10), pytest.raises(ConfigFault, match=r"the journal can't be written.*; make room, then retry"):
        opened.begin(1_000)
    journal(tmp_path / "journal").end(2_000)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 10


def test_a_folder_that_is_a_file_is_told_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("")
    with pytest.raises(ConfigFault, match=r"the journal can't be used: .*; choose another folder by --home"):
        journal(tmp_path / "journal" / "desk1")
