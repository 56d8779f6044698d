"""Both ends of a log write the same bytes, and tell the same of what the system did not take."""

import os
import resource
from pathlib import Path
from typing import Any

import pytest
from connector.store.compiled.log_tail import LogTail as CompiledTail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.core.journal import Record, Telling, Told
from connector.core.twins import COMPILED
from connector.store.durability import Durability
from connector.store.log_tail import LogTail
from connector.store.plain.log_tail import LogTail as PlainTail
from tests.companions.store.samples import RECORDS, intended
from tests.store.test_write_ahead_log import disk_full_at


def test_the_compiled_twin_is_loaded() -> None:
    assert LogTail is (CompiledTail if COMPILED else PlainTail)


class Noting:
    """A syncing that is told of each write."""

    __slots__ = ("is_due", "told")

    def __init__(self) -> None:
        self.is_due, self.told = False, 0

    def written(self) -> None:
        self.told += 1

    def close(self) -> None: ...


def tail_of(kind: type[Any], path: Path, durability: Durability = Durability.GROUP, segment_bytes: int = 5_000) -> Any:
    """A log's end at a file, which notes what is left to who derives from it."""

    class Tail(kind):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            self.left: list[tuple[Any, ...]] = []
            self._follow(Noting(), durability, segment_bytes)

        def begin_segment(self) -> None:
            self.left.append(("segment", self._size))
            self._size = 0

        def _hold(self, data: bytes) -> None:
            self._backlog += data
            self.left.append(("held", data))

        def _write(self, data: bytes) -> None:
            self._backlog += data
            self.left.append(("rest", data))

        def _note_failure(self, error: OSError) -> None:
            self._failed = str(error)
            self.left.append(("failed", error.errno, error.strerror))

        def stands(self) -> tuple[Any, ...]:
            parts = self._size, self._tellings, bytes(self._backlog), self._failed, self._syncing.told
            return *parts, tuple(self.left), path.read_bytes()

    return Tail()


STEPS = st.one_of(
    st.lists(RECORDS, min_size=1, max_size=5),
    st.just([Telling(1, 1), intended("told")]),
    st.just([Told(1)]),
    st.sampled_from(["due", "not due", "a sync failed", "mended"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, max_size=8), st.sampled_from(Durability), st.sampled_from([300, 5_000]))
def test_both_write_the_same_and_stand_the_same(
    tmp_path: Path, steps: list[list[Record] | str], durability: Durability, segment_bytes: int
) -> None:
    tails = []
    for kind in (CompiledTail, PlainTail):
        path = tmp_path / kind.__module__
        path.unlink(missing_ok=True)
        tails.append(tail_of(kind, path, durability, segment_bytes))
    for step in steps:
        for tail in tails:
            match step:
                case "due" | "not due":
                    tail._syncing.is_due = step == "due"
                case "a sync failed" | "mended":
                    tail._sync_failed = "not synced" if step == "a sync failed" else ""
                case records:
                    tail.append(*records)
        assert tails[0].stands() == tails[1].stands()
    for tail in tails:
        os.close(tail._file)


@pytest.mark.parametrize("room", [0, 1, 40])
def test_both_tell_the_same_of_a_full_disk(tmp_path: Path, room: int) -> None:
    stood = []
    for kind in (CompiledTail, PlainTail):
        path = tmp_path / kind.__module__
        tail = tail_of(kind, path)
        tail.append(intended("before"))
        with disk_full_at(path.stat().st_size + room):
            tail.append(intended("cut"))
        tail.append(intended("behind"))
        stood.append(tail.stands())
        os.close(tail._file)
    assert stood[0] == stood[1]
    assert stood[0][2], "what the disk did not take is kept"


def test_both_tell_the_same_of_a_file_that_is_gone(tmp_path: Path) -> None:
    left = []
    for kind in (CompiledTail, PlainTail):
        tail = tail_of(kind, tmp_path / kind.__module__)
        os.close(tail._file)
        tail._file = resource.getrlimit(resource.RLIMIT_NOFILE)[0]  # none has this number
        tail.append(intended("a"))
        left.append((tail.left, bytes(tail._backlog)))
    assert left[0] == left[1]
    assert left[0][0][0][:2] == ("failed", 9)
