"""A second factor is switched on at a terminal, asked for there, and approved beforehand for a bot without one."""

import re
import time
from pathlib import Path

from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.one_time_codes import code_at
from tests.companions.flows.in_process import done
from tests.companions.keys.at_terminal import Person
from tests.companions.keys.factors import guarded_home
from tests.companions.keys.stores import LIVE, PASSWORD, TESTNET, placed


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
