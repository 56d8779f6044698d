"""A second factor is switched on at a terminal, asked for there, and approved beforehand for a bot without one."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from connector.bot.keys import factor_acts, store_acts
from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.key_list import disconnect
from connector.core.faults import ApprovalFault, KeyStoreFault
from connector.core.secrets import Secret
from connector.keys.approvals import Approved
from connector.keys.key_store import KeyStore
from connector.keys.one_time_codes import code_at, new_secret
from connector.keys.open_store import OpenStore
from connector.keys.second_factor import SecondFactor
from tests.companions.flows.in_process import done
from tests.companions.keys.at_terminal import Person
from tests.companions.keys.factors import guarded_home
from tests.companions.keys.stores import LIVE, PASSWORD, TESTNET, connected, opened, placed, store_at
from tests.companions.keys.typists import Answer, Typist, cheap_home, typed


def factor_is_on(home: Path, domain: str = LIVE) -> bool:
    return next(fact.has_factor for fact in KeyStore(home / "conf" / "connectors").facts() if fact.domain == domain)


def test_it_is_enrolled_by_a_picture_and_a_code_and_taken_off_by_a_recovery_code(tmp_path: Path) -> None:
    placed(tmp_path, LIVE)
    person = Person(tmp_path, "2fa", "enable")
    person.answers("Enter your password >>> ", PASSWORD)
    person.sees("Read it with your app, or type its key there: ")
    person.sees("\r\n")
    secret = Secret(re.findall(r"[A-Z2-7]{32}", person.shown)[-1])
    person.answers("Enter the code that the app shows >>> ", "123 45")
    person.sees("this code is wrong; is the clock of this machine right?")
    person.answers("Enter the code that the app shows >>> ", code_at(secret, int(time.time()) // 30))
    person.sees("the second factor of binance_perpetual is on")
    assert person.ends() == 0
    codes = re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", person.shown)
    assert len(codes) == 10
    assert "█" in person.shown or "▄" in person.shown
    assert factor_is_on(tmp_path)
    off = Person(tmp_path, "2fa", "disable")
    off.answers("Enter your password >>> ", PASSWORD)
    off.answers("Enter a code, or a recovery code >>> ", codes[3].lower())
    off.sees("is off, and with it every approval")
    assert off.ends() == 0
    assert not factor_is_on(tmp_path)


def test_leaving_the_enrolment_leaves_it_off(tmp_path: Path) -> None:
    placed(tmp_path, LIVE)
    person = Person(tmp_path, "2fa", "enable")
    person.answers("Enter your password >>> ", PASSWORD)
    person.sees("Enter the code that the app shows >>> ")
    person.types("\x03")
    person.sees("the second factor stays off")
    assert person.ends() == 12
    assert not factor_is_on(tmp_path)


async def test_an_unattended_run_needs_an_approval_which_is_given_by_password_and_code(tmp_path: Path) -> None:
    app, _ = guarded_home(tmp_path, TESTNET)
    source = ("--password-from", f"file:{tmp_path / 'word'}")

    async def told() -> tuple[int, str]:
        return await done("doctor", "--domain", TESTNET, *source, home=tmp_path)

    code, text = await told()
    assert (code, text.count("\n")) == (12, 0)
    assert f"connector approve unlock --domain {TESTNET} --for 30d" in text
    person = Person(tmp_path, "approve", "unlock", "--for", "1h")
    person.answers("Enter your password >>> ", PASSWORD)
    prompt = "Enter the code of your second factor (approve unlock for 1h) >>> "
    person.answers(prompt, "000000")
    person.sees("the code is wrong, old or used already")
    person.answers(prompt, app.code())
    person.sees(f"approved: unlock on {TESTNET}, for ")
    assert person.ends() == 0
    code, text = await told()
    assert code != 12
    assert "second factor" not in text
    code, text = await done("2fa", "status", *source, home=tmp_path)
    assert code == 0
    first, second = text.splitlines()
    assert first == f"{TESTNET}: on; asked above leverage 50; 10 recovery codes left"
    assert re.fullmatch(r"  unlock for \d+:\w*@\w* until \d{4}-\d\d-\d\d \d\d:\d\d UTC", second)
    assert await done("approve", "revoke", *source, home=tmp_path) == (0, f"{TESTNET}: 1 approvals ended")
    assert (await told())[0] == 12


def test_five_wrong_codes_end_the_command_and_the_next_one_is_told_to_wait(tmp_path: Path) -> None:
    app, _ = guarded_home(tmp_path)
    person = Person(tmp_path, "disconnect", LIVE, "--yes")
    person.answers("Enter your password >>> ", PASSWORD)
    for _ in range(5):
        person.answers("Enter the code of your second factor (remove the key) >>> ", "000000")
    person.sees("the next may be tried in 30 s")
    assert person.ends() == 12
    again = Person(tmp_path, "disconnect", LIVE, "--yes")
    again.answers("Enter your password >>> ", PASSWORD)
    again.answers("Enter the code of your second factor (remove the key) >>> ", app.code())
    again.sees("too many wrong codes")
    assert again.ends() == 12
    assert KeyStore(tmp_path / "conf" / "connectors").domains() == (LIVE,)


async def test_a_key_with_a_factor_is_not_removed_by_a_script(tmp_path: Path) -> None:
    guarded_home(tmp_path)
    assert (await done("disconnect", LIVE, "--yes", home=tmp_path))[0] == 11
    assert KeyStore(tmp_path / "conf" / "connectors").domains() == (LIVE,)


async def test_what_is_approved_has_its_form(tmp_path: Path) -> None:
    guarded_home(tmp_path)
    for words in (("leverage",), ("unlock", "75"), ("modes", "3")):
        code, text = await done("approve", *words, home=tmp_path)
        assert code == 2, text


def approves(keys: KeyHome, domain: str, say: Callable[[str], None]) -> None:
    factor_acts.approve(keys, domain, Approved.UNLOCK, 0, "8h", say)


def enables(keys: KeyHome, domain: str, say: Callable[[str], None]) -> None:
    factor_acts.enable(keys, domain, 50, say)


def disconnects(keys: KeyHome, domain: str, say: Callable[[str], None]) -> None:
    disconnect(keys, domain, is_agreed=True)


ACTS = (enables, factor_acts.disable, approves, disconnects)


def home_with_factor(folder: Path) -> None:
    secret = new_secret()
    assert SecondFactor(opened(connected(folder))).enable(secret, code_at(secret, int(time.time()) // 30), 50)


@pytest.mark.parametrize("named", [None, "env"])
@pytest.mark.parametrize("act", ACTS)
def test_an_unlocked_terminal_turns_no_factor_and_approves_nothing_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[..., None], named: str | None
) -> None:
    connected(tmp_path) if act is enables else home_with_factor(tmp_path)
    monkeypatch.setenv("CONNECTOR_PASSWORD", PASSWORD)
    typist = Typist(*typed("a guess", 3))
    with pytest.raises(KeyStoreFault, match="wrong password"):
        act(cheap_home(tmp_path, typist, named), LIVE, typist.say)
    assert typist.is_done
    assert store_at(tmp_path).facts()[0].has_factor is (act is not enables)


@pytest.mark.parametrize("act", ACTS)
def test_leaving_at_the_code_changes_nothing_and_closes_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[..., None]
) -> None:
    connected(tmp_path) if act is enables else home_with_factor(tmp_path)
    leaves: Answer = ("Enter ", None)
    typist = Typist(*typed(PASSWORD), leaves)
    keys, stores = cheap_home(tmp_path, typist), list[OpenStore]()
    monkeypatch.setattr(keys, "opened_by", lambda *way: stores.append(OpenStore.at(keys.store, *way)) or stores[-1])
    with pytest.raises(ApprovalFault):
        act(keys, LIVE, typist.say)
    assert typist.is_done
    with pytest.raises(KeyStoreFault):
        stores[0].credentials()
    assert store_at(tmp_path).facts()[0].has_factor is (act is not enables)
    assert SecondFactor(opened(store_at(tmp_path))).approvals() == ()


def test_what_is_shown_once_stands_at_the_terminal_and_not_among_what_a_command_prints(tmp_path: Path) -> None:
    """`connector 2fa enable > file`, and the same of recovery codes."""
    connected(tmp_path)
    printed: list[str] = []
    typist = Typist(*typed(PASSWORD), ("Enter the code", None))
    with pytest.raises(ApprovalFault):
        factor_acts.enable(cheap_home(tmp_path, typist), LIVE, 50, printed.append)
    assert any("type its key there" in line for line in typist.shown)
    assert printed == []
    typist = Typist(*typed(PASSWORD))
    store_acts.new_data_keys(cheap_home(tmp_path, typist), printed.append)
    assert any("Recovery code of" in line for line in typist.shown)
    assert not any("Recovery code of" in line for line in printed)
