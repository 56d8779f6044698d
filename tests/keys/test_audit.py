"""The audit log only grows: what is removed, altered or moved is found; the sealed count says up to where."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from connector.core.faults import ConfigFault, KeyStoreFault
from connector.keys.audit import Audit, AuditMark, hash_of, verified
from tests.companions.places import ROOT

LIVE = "binance_perpetual"


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    """Five lines."""
    log = Audit(tmp_path / "data" / "audit.log", lambda: 1_764_000_000.0)
    for number in range(5):
        log.record("unlocked", LIVE, f"number {number}")
    return log


def lines_of(audit: Audit) -> list[str]:
    return audit.path.read_text().splitlines()


def checked(audit: Audit, **sealed: AuditMark) -> list[str]:
    return list(verified(audit.path, sealed))


def test_a_line_says_who_did_what_when_and_follows_from_the_one_before(audit: Audit) -> None:
    rows = [json.loads(line) for line in lines_of(audit)]
    assert [row["n"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["before"] == "0" * 64
    assert [row["before"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    assert (rows[0]["at"], rows[0]["what"], rows[0]["domain"]) == ("2025-11-24T16:00:00Z", "unlocked", LIVE)
    assert audit.path.stat().st_mode & 0o777 == 0o600
    assert checked(audit)[0].endswith("5 lines, each follows from the one before it")


@pytest.mark.parametrize("number", range(5))
def test_every_byte_that_is_altered_is_found_in_its_line(audit: Audit, number: int) -> None:
    lines = audit.path.read_bytes().splitlines(keepends=True)
    for place in range(0, len(lines[number]) - 1, 7):
        line = bytearray(lines[number])
        line[place] ^= 1
        audit.path.write_bytes(b"".join([*lines[:number], bytes(line), *lines[number + 1 :]]))
        with pytest.raises(ConfigFault, match=rf"line {number + 1}\b"):
            checked(audit)


@pytest.mark.parametrize("number", range(4))
def test_a_line_that_was_removed_or_moved_is_found(audit: Audit, number: int) -> None:
    lines = audit.path.read_text().splitlines(keepends=True)
    without = lines[:number] + lines[number + 1 :]
    swapped = [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]
    for text in (without, swapped, [*lines, lines[number]]):
        audit.path.write_text("".join(text))
        with pytest.raises(ConfigFault, match="was removed, added or put in another place"):
            checked(audit)


def test_a_line_between_that_carries_a_hash_of_its_own_is_found(audit: Audit) -> None:
    lines = lines_of(audit)
    forged = json.loads(lines[2]) | {"detail": "forged"}
    forged["hash"] = hash_of(forged)
    lines[2] = json.dumps(forged, separators=(",", ":"))
    audit.path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ConfigFault, match="before line 4"):
        checked(audit)


def test_the_sealed_count_finds_what_was_cut_off_or_written_anew(audit: Audit, tmp_path: Path) -> None:
    fourth = json.loads(lines_of(audit)[3])
    mark = AuditMark(4, fourth["hash"])
    assert AuditMark.of(mark.text()) == mark
    told = checked(audit, binance_perpetual=mark)
    assert told[1:] == [
        "lines 1 to 4 are sealed by the key store",
        "from line 5 on they are chained only: who can write the file could have written them anew",
    ]
    whole = lines_of(audit)
    audit.path.write_text("\n".join(whole[:4]) + "\n")
    assert len(checked(audit, binance_perpetual=mark)) == 2
    audit.path.write_text("\n".join(whole[:3]) + "\n")
    with pytest.raises(ConfigFault, match="has seen 4 lines, and 3 are there; lines were removed at its end"):
        checked(audit, binance_perpetual=mark)
    anew = Audit(tmp_path / "anew.log")
    for _ in range(5):
        anew.record("unlocked", LIVE)
    assert checked(anew)
    with pytest.raises(ConfigFault, match="line 4 is another one than the key store of binance_perpetual has seen"):
        checked(anew, binance_perpetual=mark)
    audit.path.unlink()
    with pytest.raises(ConfigFault, match="0 are there"):
        checked(audit, binance_perpetual=mark)


def test_a_line_that_the_machine_stopped_in_is_named_and_what_follows_is_whole(audit: Audit) -> None:
    whole = audit.path.read_bytes()
    audit.path.write_bytes(whole[:-30])
    with pytest.raises(ConfigFault, match="line 5 was altered, or torn when the machine stopped"):
        checked(audit)
    audit.record("run began", LIVE)
    assert json.loads(lines_of(audit)[-1])["n"] == 5
    assert checked(audit)[:2] == [
        f"{audit.path}: 5 lines, each follows from the one before it",
        "line 5 is torn: the machine stopped while it was written, and the next one says so",
    ]
    # It hides nothing: an altered line before another is no torn one, and a torn one that is gone is missed.
    torn = audit.path.read_text().splitlines(keepends=True)
    for text in (torn[:4] + torn[5:], [*torn[:3], "{}\n", *torn[4:]]):
        audit.path.write_text("".join(text))
        with pytest.raises(ConfigFault):
            checked(audit)


def test_it_holds_what_was_seen_until_a_line_of_that_is_gone(audit: Audit) -> None:
    rows = [json.loads(line) for line in lines_of(audit)]
    assert audit.holds(AuditMark())
    assert all(audit.holds(AuditMark(row["n"], row["hash"])) for row in rows)
    assert not audit.holds(AuditMark(4, rows[4]["hash"]))
    audit.path.write_text("\n".join(lines_of(audit)[:3]) + "\n")
    assert not audit.holds(AuditMark(4, rows[3]["hash"]))
    audit.path.unlink()
    assert not audit.holds(AuditMark(1, rows[0]["hash"]))


def test_a_log_that_is_put_aside_stays_whole_and_the_next_line_begins_a_new_one(audit: Audit) -> None:
    before = audit.path.read_bytes()
    aside = audit.put_aside()
    assert aside is not None
    assert aside.read_bytes() == before
    assert audit.record("began anew").lines == 1
    with pytest.raises(KeyStoreFault, match="stands there already"):
        audit.put_aside()
    audit.path.unlink()
    assert Audit(audit.path, lambda: 1_764_000_001.0).put_aside() is None


def test_processes_that_write_at_once_write_one_chain(audit: Audit) -> None:
    code = "import sys; from pathlib import Path; from connector.keys.audit import Audit\n"
    code += "for _ in range(20): Audit(Path(sys.argv[1])).record('unlocked')"
    writers = [subprocess.Popen([sys.executable, "-c", code, str(audit.path)], cwd=ROOT) for _ in range(3)]
    assert [writer.wait(100) for writer in writers] == [0, 0, 0]
    assert "65 lines" in checked(audit)[0]


def test_a_log_that_can_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyStoreFault, match="the audit log can't be written"):
        Audit(tmp_path / "file" / "audit.log").record("unlocked")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(KeyStoreFault, match="symbolic link"):
        Audit(tmp_path / "link").record("unlocked")
    assert (tmp_path / "file").read_text() == ""
