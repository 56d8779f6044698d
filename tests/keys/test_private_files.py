"""Key files belong to one user alone, and are what they seem: no links, no loose modes."""

import os
from pathlib import Path

import pytest

from connector.keys.faults import UnsafePlaceFault
from connector.keys.private_files import PrivateFiles, check_no_link, check_private, make_private_folder
from tests.companions.keys.stores import LIVE, connected, opened


def test_what_is_written_is_of_0600_in_a_folder_of_0700_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = connected(tmp_path)
        opened(store).mark_checked()
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in store.folder.iterdir()}
    assert set(modes) == {f"{LIVE}.yml", f"{LIVE}.yml.previous", ".lock"}
    assert set(modes.values()) == {0o600}
    assert store.folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622, 0o601])
def test_a_file_that_others_can_get_at_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int) -> None:
    store = connected(tmp_path)
    path = store.path_of(LIVE)
    path.chmod(mode)
    with pytest.raises(UnsafePlaceFault, match=rf"mode {mode:04o}\); chmod 600 {path}"):
        opened(store)
    path.chmod(0o600)
    assert opened(store)


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701])
def test_a_folder_that_others_can_get_at_is_refused(tmp_path: Path, mode: int) -> None:
    store = connected(tmp_path)
    store.folder.chmod(mode)
    for use in (store.domains, store.facts, lambda: opened(store)):
        with pytest.raises(UnsafePlaceFault, match="chmod 700"):
            use()


def test_links_are_refused_as_file_as_folder_and_as_lock(tmp_path: Path) -> None:
    store = connected(tmp_path)
    path = store.path_of(LIVE)
    away = tmp_path / "away.yml"
    path.rename(away)
    path.symlink_to(away)
    with pytest.raises(UnsafePlaceFault, match="symbolic link"):
        opened(store)
    path.unlink()
    away.rename(path)
    (store.folder / ".lock").unlink(missing_ok=True)
    (store.folder / ".lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafePlaceFault, match="symbolic link"):
        opened(store).mark_checked()
    assert not (tmp_path / "elsewhere").exists()
    (store.folder / ".lock").unlink()
    moved = tmp_path / "moved"
    store.folder.rename(moved)
    store.folder.symlink_to(moved)
    for use in (store.domains, lambda: opened(store), lambda: store.remove(LIVE)):
        with pytest.raises(UnsafePlaceFault, match="symbolic link"):
            use()


def test_a_staged_name_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    store = connected(tmp_path)
    target = tmp_path / "target"
    target.write_text("mine")
    (store.folder / f".{LIVE}.yml.next").symlink_to(target)
    opened(store).mark_checked()
    assert target.read_text() == "mine"
    assert not store.path_of(LIVE).is_symlink()


def test_a_new_file_takes_nobodys_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(FileExistsError):
        PrivateFiles().write(tmp_path / "a", b"y")


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(UnsafePlaceFault, match="neither file nor folder"):
        check_private(tmp_path / "pipe")


def test_a_folder_that_is_there_is_taken_if_it_is_private(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "conf" / "connectors")
    make_private_folder(tmp_path / "conf" / "connectors")
    check_no_link(tmp_path / "conf" / "connectors" / "nothing")


def test_what_is_synced_goes_to_the_disk_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    real = os.fsync

    def noted(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink())
        real(number)

    monkeypatch.setattr(os, "fsync", noted)
    folder = tmp_path / "conf" / "connectors"
    make_private_folder(folder)
    assert synced == [folder.parent], "its name lies in the folder above"
    files = PrivateFiles()
    files.write(folder / "one", b"1")
    files.sync(folder / "one")
    files.sync_folder(folder)
    assert synced[1:] == [folder / "one", folder]
