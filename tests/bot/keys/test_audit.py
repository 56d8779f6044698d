"""What is done with keys is found in the audit log afterwards, and the log is checked by a command."""

import json
from functools import partial
from pathlib import Path

import pytest

from connector.bot.keys.audit import renew_audit, verify_audit
from connector.core.faults import ConfigFault, KeyStoreFault
from tests.companions.flows import in_process
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import API_KEY, API_SECRET, LIVE, OLD, PASSWORD, connected, placed
from tests.companions.keys.typists import Answer, Typist, cheap_home, typed


def done(home: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in (home / "data" / "audit.log").read_text().splitlines()]
    return [(row["what"], row["detail"]) for row in rows]


async def test_each_deed_has_its_line_and_the_command_says_how_far_it_is_sealed(tmp_path: Path) -> None:
    placed(tmp_path, LIVE)
    word = secret_file(tmp_path / "word", PASSWORD)
    source = ("--password-from", f"file:{word}")

    does = partial(in_process.done, home=tmp_path)
    assert (await does("store", "verify", *source))[0] == 0
    word.write_text("wrong")
    assert (await does("store", "verify", *source))[0] == 11
    word.write_text(PASSWORD)
    assert done(tmp_path) == [("unlocked", "by password"), ("refused", "wrong password")]
    code, text = await does("audit", "verify", *source)
    assert (code, "lines 1 to 1 are sealed" in text, "from line 2 on they are chained only" in text) == (0, True, True)
    code, text = await does("audit", "verify")
    assert (code, "were not compared: no password" in text) == (0, True)
    log = tmp_path / "data" / "audit.log"
    assert not [secret for secret in (PASSWORD, API_KEY, API_SECRET) if secret in log.read_text()]
    log.write_text("")
    code, text = await does("audit", "verify", *source)
    assert (code, text.count("\n")) == (3, 0)
    assert "has seen 1 lines, and 0 are there" in text
    assert (await does("disconnect", LIVE, "--yes"))[0] == 0
    assert done(tmp_path) == [("disconnected", "")]


def test_a_log_that_lost_lines_is_not_sealed_over_until_it_is_put_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connected(tmp_path)
    keys = cheap_home(tmp_path, Typist(*typed(PASSWORD, 5)))
    for _ in range(3):
        keys.opened_by(LIVE, OLD).close()
    said: list[str] = []
    verify_audit(keys, said.append)
    assert said[1] == "lines 1 to 3 are sealed by the key store"
    lines = keys.audit.path.read_text().splitlines(keepends=True)
    keys.audit.path.write_text(lines[0])
    for again in range(2):
        keys.opened_by(LIVE, OLD).close()
        told = capsys.readouterr().err
        assert told.count("lines that the key store has seen are not there: connector audit verify") == 1 - again
        with pytest.raises(ConfigFault, match="connector audit renew"):
            verify_audit(keys, said.append)
    renew_audit(keys, said.append)
    (aside,) = keys.audit.path.parent.glob("audit.*.log")
    assert aside.read_text().startswith(lines[0])
    assert [what for what, _ in done(tmp_path)] == ["began anew"]
    said.clear()
    verify_audit(keys, said.append)
    assert said[1:] == ["lines 1 to 1 are sealed by the key store"]


@pytest.mark.parametrize("answers", [(("Enter your password >>> ", None),), typed("a slip", 3)])
def test_who_leaves_or_does_not_know_the_password_renews_nothing_and_reads_one_line(
    tmp_path: Path, answers: tuple[Answer, ...]
) -> None:
    connected(tmp_path)
    keys = cheap_home(tmp_path, Typist(*answers))
    keys.audit.record("unlocked")
    with pytest.raises(KeyStoreFault):
        renew_audit(keys, str)
    assert [path.name for path in keys.audit.path.parent.glob("audit*.log")] == ["audit.log"]
