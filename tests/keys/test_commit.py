"""A change of several files is made whole or not at all, whenever its writer dies."""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector.core.faults import KeyStoreFault
from connector.keys.commit import Commit
from connector.keys.private_files import PrivateFiles
from tests.companions.keys.crashes import Died, DyingFiles, PowerCut
from tests.companions.keys.operations import OPERATIONS, state_of, steps_of
from tests.companions.keys.stores import LIVE, TESTNET, connected, opened, store_at
from tests.companions.places import ROOT


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A home with two domains, each of which has an earlier generation."""
    home = tmp_path / "template"
    store = connected(home, LIVE, TESTNET)
    for domain in (LIVE, TESTNET):
        opened(store, domain).put_fields(note="kept")
    return home


def new_state(name: str, template: Path, home: Path) -> object:
    shutil.copytree(template, home)
    steps_of(name, home)
    return state_of(home)


def without_times(state: object) -> object:
    """A stamp of the present second differs from run to run: that it is there is what counts."""
    assert isinstance(state, dict)
    return {
        domain: (word, key, told[:-20] + "checked" if told.endswith("Z") else told)
        for domain, (word, key, told) in state.items()
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_killed_at_any_step_the_old_state_opens_or_the_new_one(name: str, template: Path, tmp_path: Path) -> None:
    old, new = (without_times(state_of(template)), without_times(new_state(name, template, tmp_path / "new")))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tests.companions.keys.operations", name, str(template), str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (0, "")
    found = [without_times(state_of(home)) for home in sorted(out.iterdir(), key=lambda home: home.name.zfill(5))]
    assert len(found) > 8
    assert all(state in (old, new) for state in found)
    assert found[0] == old
    assert found[-1] == new


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_power_cut_at_any_step_leaves_the_old_state_or_the_new_one(name: str, template: Path, tmp_path: Path) -> None:
    """Bytes and names that were not synced are lost."""
    old, new = (without_times(state_of(template)), without_times(new_state(name, template, tmp_path / "new")))
    steps = steps_of(name, _copy(template, tmp_path / "counted"))
    for step in range(1, steps + 1):
        home = _copy(template, tmp_path / f"{step}")
        files = PowerCut(home / "conf" / "connectors", step)
        with pytest.raises(Died):
            OPERATIONS[name](store_at(home, files))
        files.cut()
        assert without_times(state_of(home)) in (old, new), step


def test_a_repair_that_dies_too_is_finished_by_the_next_one(template: Path, tmp_path: Path) -> None:
    """Killed while it was written, and again at every step of the repair."""
    new = without_times(new_state("change-password", template, tmp_path / "new"))
    steps = steps_of("change-password", _copy(template, tmp_path / "counted"))
    for step in range(steps - 7, steps + 1):
        home = _copy(template, tmp_path / f"{step}")
        with pytest.raises(Died):
            OPERATIONS["change-password"](store_at(home, DyingFiles(step)))
        for again in range(1, 9):
            with contextlib.suppress(Died):
                store_at(home, DyingFiles(again)).domains()
        assert without_times(state_of(home)) == new, step


def test_what_was_left_of_a_change_that_was_not_decided_goes_with_the_next_one(template: Path) -> None:
    folder = template / "conf" / "connectors"
    with pytest.raises(Died):
        OPERATIONS["check"](store_at(template, DyingFiles(3)))
    assert list(folder.glob(".*.next"))
    OPERATIONS["check"](store_at(template))
    assert not list(folder.glob(".*.next"))


def test_a_note_that_the_disk_has_spoilt_says_how_to_go_on(template: Path) -> None:
    old = without_times(state_of(template))
    steps = steps_of("check", _copy(template, template.parent / "counted"))
    with pytest.raises(Died):
        OPERATIONS["check"](store_at(template, DyingFiles(steps - 5)))
    note = template / "conf" / "connectors" / ".pending"
    note.write_bytes(note.read_bytes()[:-3])
    with pytest.raises(KeyStoreFault, match=r"\.pending: the note of a change is damaged .*; remove it"):
        store_at(template).domains()
    note.unlink()
    assert without_times(state_of(template)) == old


def test_a_backup_that_is_put_over_a_change_that_was_made_stands(template: Path, tmp_path: Path) -> None:
    """It died after the last rename, before the note of the change was gone."""
    backup = (template / "conf" / "connectors" / f"{LIVE}.yml").read_bytes()
    old = state_of(template)[LIVE]
    steps = steps_of("change-password", _copy(template, tmp_path / "counted"))
    for step in (steps - 1, steps):
        home = _copy(template, tmp_path / f"{step}")
        with pytest.raises(Died):
            OPERATIONS["change-password"](store_at(home, DyingFiles(step)))
        (home / "conf" / "connectors" / f"{LIVE}.yml").write_bytes(backup)
        assert state_of(home)[LIVE] == old, step
        assert not (home / "conf" / "connectors" / ".pending").exists()


def test_a_text_that_lies_aside_and_was_spoilt_says_how_to_go_on(template: Path) -> None:
    steps = steps_of("check", _copy(template, template.parent / "counted"))
    with pytest.raises(Died):
        OPERATIONS["check"](store_at(template, DyingFiles(steps - 4)))
    folder = template / "conf" / "connectors"
    for aside in folder.glob(".*.next"):
        aside.write_bytes(aside.read_bytes()[:-3])
    with pytest.raises(KeyStoreFault, match=r"is damaged, and a change .* remove .*\.pending: each key store"):
        store_at(template).domains()
    (folder / ".pending").unlink()
    assert store_at(template).domains()


def test_what_follows_from_a_field_is_lost_by_no_other_writer(template: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.companions.keys.stores import *\n"
        "open_store = opened(store_at(Path(sys.argv[1])))\n"
        "for _ in range(10): open_store.rewrite(lambda field: {'count': str(int(field('count') or 0) + 1)})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(template)], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [writer.communicate(timeout=100)[1] for writer in writers] == [b""] * 3
    assert opened(store_at(template)).field("count") == "30"


def test_two_processes_that_write_at_once_win_one_after_the_other(template: Path) -> None:
    """Each writes two fields as one, many times: what is there at last is of one of them, whole."""
    code = (
        "import sys; from pathlib import Path; from tests.companions.keys.stores import *\n"
        "open_store = opened(store_at(Path(sys.argv[1])))\n"
        "for n in range(10): open_store.put_fields(one=f'{sys.argv[2]}{n}', two=f'{sys.argv[2]}{n}')\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(template), name], cwd=ROOT, stderr=subprocess.PIPE)
        for name in ("a", "b", "c")
    ]
    for writer in writers:
        assert writer.communicate(timeout=100)[1] == b""
        assert writer.returncode == 0
    open_store = opened(store_at(template))
    assert open_store.field("one") == open_store.field("two")
    assert open_store.file.generation == 2 + 3 * 10


def test_a_writer_that_does_not_end_is_not_waited_for_without_end(tmp_path: Path) -> None:
    folder = tmp_path / "connectors"
    with Commit(folder, PrivateFiles()).locked():
        code = (
            "import sys; from pathlib import Path; from connector.keys.commit import Commit, PrivateFiles\n"
            "with Commit(Path(sys.argv[1]), PrivateFiles(), 0.2).locked(): pass"
        )
        done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert "another connector is writing the key store" in done.stderr


def test_a_disk_that_refuses_is_one_line(tmp_path: Path) -> None:
    class Full(PrivateFiles):
        def write(self, path: Path, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    store = connected(tmp_path)
    before = store.path_of(LIVE).read_bytes()
    with pytest.raises(KeyStoreFault, match="can't be written: No space left on device"):
        opened(store_at(tmp_path, Full())).put_fields(a="b")
    assert store.path_of(LIVE).read_bytes() == before


def _copy(template: Path, home: Path) -> Path:
    shutil.copytree(template, home)
    return home
