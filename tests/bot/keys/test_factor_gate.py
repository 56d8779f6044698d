"""A run's key leaves its store by a code or an approval; what the run may do then is what was said."""

import asyncio
from pathlib import Path

import pytest

from connector.bot.keys.factor_gate import passed_at_unlock, passed_with_code
from connector.bot.keys.key_home import KeyHome
from connector.core.faults import ApprovalFault
from connector.core.secrets import Secret
from connector.exchange.account.factor_permit import EVERYTHING
from connector.keys.approvals import Approved
from connector.keys.one_time_codes import code_at, new_secret
from connector.keys.open_store import OpenStore
from connector.keys.second_factor import SecondFactor
from tests.companions.flows.programs import home_with
from tests.companions.keys.at_terminal import Person
from tests.companions.keys.factors import guarded_home
from tests.companions.keys.stores import LIVE, PASSWORD, TESTNET, connected, opened
from tests.companions.keys.typists import NOBODY, Typist

START = 1_764_000_000.0


@pytest.fixture
def now_s() -> list[float]:
    """The clock of the home, which stands."""
    return [START]


@pytest.fixture
def keys(tmp_path: Path, now_s: list[float]) -> KeyHome:
    """Of a home without terminal."""
    keys = KeyHome(tmp_path, None)
    keys.store = connected(tmp_path)
    keys.store.now_s = lambda: now_s[0]
    keys.terminal = None
    return keys


@pytest.fixture
def store(keys: KeyHome) -> OpenStore:
    return opened(keys.store)


def enabled(store: OpenStore, secret: Secret | None = None) -> SecondFactor:
    secret = secret or new_secret()
    assert SecondFactor(store).enable(secret, code_at(secret, int(START) // 30), 50)
    return SecondFactor(store)


def test_without_a_factor_everything_is_permitted(keys: KeyHome, store: OpenStore) -> None:
    assert passed_at_unlock(keys, store, 125) is EVERYTHING
    passed_with_code(keys, store, "export the key")


def test_nobody_there_and_nothing_approved_ends_it_and_is_in_the_audit_log(keys: KeyHome, store: OpenStore) -> None:
    enabled(store)
    with pytest.raises(ApprovalFault, match="connector approve unlock --domain binance_perpetual --for 30d"):
        passed_at_unlock(keys, store)
    with pytest.raises(ApprovalFault, match="export the key needs a code"):
        passed_with_code(keys, store, "export the key")
    log = keys.audit.path.read_text()
    assert "unlock: no approval" in log
    assert "export the key: no code" in log


def test_each_approval_lets_its_own_thing_go_up_to_its_end(keys: KeyHome, store: OpenStore, now_s: list[float]) -> None:
    factor = enabled(store)
    factor.approve(Approved.UNLOCK, 0, 3_600)
    permit = passed_at_unlock(keys, store, 75)
    assert "connector approve modes" in permit.bars_modes()
    assert "approve leverage 75" in permit.bars_leverage(75)
    assert permit.bars_leverage(50) == ""
    factor.approve(Approved.LEVERAGE, 75, 600)
    factor.approve(Approved.MODES, 0, 300)
    permit = passed_at_unlock(keys, store, 75)
    assert permit.bars_modes() == permit.bars_leverage(75) == ""
    assert permit.bars_leverage(76) != ""
    now_s[0] += 300
    assert permit.bars_modes() != ""
    assert permit.bars_leverage(75) == ""
    now_s[0] += 300
    assert permit.bars_leverage(75) != ""
    # None of them replaces the code for what touches the key itself.
    with pytest.raises(ApprovalFault):
        passed_with_code(keys, store, "replace the key")


def test_a_code_at_the_start_covers_the_leverage_it_was_asked_for_and_none_above(
    keys: KeyHome, store: OpenStore, now_s: list[float]
) -> None:
    secret = new_secret()
    enabled(store, secret)
    now_s[0] += 60
    code = code_at(secret, int(now_s[0]) // 30)
    keys.terminal = typist = Typist(("Enter the code of your second factor (unlock, leverage 75) >>> ", code))
    permit = passed_at_unlock(keys, store, 75)
    assert typist.is_done
    assert permit.bars_leverage(75) == permit.bars_modes() == ""
    assert "connector approve leverage 76" in permit.bars_leverage(76)
    now_s[0] += 8 * 3_600 - 1
    assert permit.bars_leverage(75) == permit.bars_modes() == ""
    now_s[0] += 1
    assert "connector approve leverage 75" in permit.bars_leverage(75), "not for good"
    assert permit.bars_modes()
    now_s[0] -= 9 * 3_600
    assert permit.bars_leverage(75), "a clock that is set back brings no code to life"


def test_a_run_that_is_approved_asks_nobody_for_its_leverage_and_opens_nothing_above_the_threshold(
    keys: KeyHome, store: OpenStore
) -> None:
    factor = enabled(store)
    factor.approve(Approved.UNLOCK, 0, 3_600)
    keys.terminal = Typist()
    permit = passed_at_unlock(keys, store, 75)
    assert "connector approve leverage 75" in permit.bars_leverage(75)
    assert permit.bars_leverage(50) == ""


def test_a_terminal_that_nobody_sits_at_is_not_waited_at_for_ever(keys: KeyHome, store: OpenStore) -> None:
    enabled(store)
    keys.terminal = typist = Typist(("(unlock)", "000000"), NOBODY)
    with pytest.raises(ApprovalFault, match="connector approve unlock --domain binance_perpetual --for 30d"):
        passed_at_unlock(keys, store)
    assert typist.is_done
    assert "unlock: no approval" in keys.audit.path.read_text()


def test_what_no_approval_serves_for_takes_a_code_at_the_start_in_any_case(
    keys: KeyHome, store: OpenStore, now_s: list[float]
) -> None:
    secret = new_secret()
    factor = enabled(store, secret)
    factor.approve(Approved.UNLOCK, 0, 3_600)
    with pytest.raises(ApprovalFault, match="take a risk needs a code"):
        passed_at_unlock(keys, store, also="take a risk")
    now_s[0] += 60
    keys.terminal = typist = Typist(("(unlock, take a risk)", code_at(secret, int(now_s[0]) // 30)))
    passed_at_unlock(keys, store, also="take a risk")
    assert typist.is_done


def test_an_approval_that_comes_or_is_revoked_while_it_runs_counts_and_is_asked_for_seldom(
    keys: KeyHome, store: OpenStore, now_s: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    factor = enabled(store)
    factor.approve(Approved.UNLOCK, 0, 3_600)
    permit = passed_at_unlock(keys, store, 75)
    reads: list[str] = []
    read = keys.store.read
    monkeypatch.setattr(keys.store, "read", lambda domain: (reads.append(domain), read(domain))[1])
    for _ in range(100):
        now_s[0] += 0.1
        assert permit.bars_leverage(75)
    assert len(reads) <= 8
    factor.approve(Approved.LEVERAGE, 75, 3_600)
    now_s[0] += 6
    assert permit.bars_leverage(75) == ""
    factor.revoke()
    now_s[0] += 6
    assert permit.bars_leverage(75)


def test_a_store_that_was_sealed_anew_meanwhile_approves_nothing(keys: KeyHome, store: OpenStore) -> None:
    factor = enabled(store)
    factor.approve(Approved.UNLOCK, 0, 3_600)
    permit = passed_at_unlock(keys, store, 75)
    keys.store.remove(LIVE)
    assert permit.bars_leverage(75)


@pytest.mark.parametrize("command", ["doctor", "run"])
async def test_at_a_terminal_one_code_is_asked_for_that_says_what_it_is_for(tmp_path: Path, command: str) -> None:
    app, _ = await asyncio.to_thread(guarded_home, home_with(tmp_path), TESTNET)
    person = Person(tmp_path, command, "--domain", TESTNET)
    await asyncio.to_thread(person.answers, "Enter your password >>> ", PASSWORD)
    await asyncio.to_thread(person.answers, "Enter the code of your second factor (unlock) >>> ", app.code())
    await asyncio.to_thread(person.sees, "demo-fapi.binance.com (requests) can't be reached")
    assert await asyncio.to_thread(person.ends) == 5
    assert person.shown.count("second factor") == 1
