"""The second factor of a store: it outlives restarts, kills and copies, and one domain's is not another's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connector.core.faults import ApprovalFault
from connector.keys.approvals import Approved
from connector.keys.factor_state import FactorState
from connector.keys.key_store import KeyStore
from connector.keys.one_time_codes import code_at, new_secret
from connector.keys.open_store import OpenStore
from connector.keys.second_factor import SecondFactor
from tests.companions.keys.crashes import Died, DyingFiles
from tests.companions.keys.stores import CHEAP, LIVE, OLD, TESTNET, connected

START = 1_764_000_000.0


class Desk:
    """A store of which the clock is ours, opened anew for each use as a new process would."""

    def __init__(self, home: Path) -> None:
        self.folder = connected(home, LIVE, TESTNET).folder
        self.now_s = START
        self.secret = new_secret()
        codes = self.factor().enable(self.secret, self.code(), 50)
        assert codes is not None
        self.recovery = codes
        self.now_s += 60

    def factor(self, domain: str = LIVE, files: DyingFiles | None = None) -> SecondFactor:
        return SecondFactor(OpenStore.at(KeyStore(self.folder, CHEAP, files, lambda: self.now_s), domain, OLD))

    def code(self, ahead_s: float = 0) -> str:
        return code_at(self.secret, int(self.now_s + ahead_s) // 30)

    def state(self) -> FactorState:
        state = self.factor().state()
        assert state is not None
        return state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_it_is_switched_on_by_a_first_code_and_gives_ten_recovery_codes(tmp_path: Path) -> None:
    factor = SecondFactor(OpenStore.at(KeyStore(connected(tmp_path).folder, CHEAP, now_s=lambda: START), LIVE, OLD))
    secret = new_secret()
    assert factor.enable(secret, "000000", 50) is None
    assert factor.state() is None
    codes = factor.enable(secret, code_at(secret, int(START) // 30), 50)
    assert codes is not None
    assert len(set(codes)) == 10
    with pytest.raises(ApprovalFault, match="wrong, old or used already"):
        factor.check(code_at(secret, int(START) // 30))


def test_each_domain_has_a_secret_of_its_own(desk: Desk) -> None:
    assert desk.factor(TESTNET).state() is None
    facts = KeyStore(desk.folder, CHEAP).facts()
    assert {fact.domain: fact.has_factor for fact in facts} == {LIVE: True, TESTNET: False}


def test_a_code_is_used_up_over_restarts(desk: Desk) -> None:
    desk.factor().check(desk.code())
    for _ in range(2):
        with pytest.raises(ApprovalFault):
            desk.factor().check(desk.code())
    desk.now_s += 60
    desk.factor().check(desk.code())


def test_guessing_is_held_off_over_restarts_and_a_clock_set_back(desk: Desk) -> None:
    for _ in range(4):
        with pytest.raises(ApprovalFault, match=r"used already$"):
            desk.factor().check("000000")
    with pytest.raises(ApprovalFault, match="the next may be tried in 30 s"):
        desk.factor().check("000000")
    for back_s in (0, 10, -3_600, -(10**8)):
        at, desk.now_s = desk.now_s, desk.now_s + back_s
        with pytest.raises(ApprovalFault, match="too many wrong codes"):
            desk.factor().check(desk.code())
        desk.now_s = at
    desk.now_s += 31
    desk.factor().check(desk.code())
    assert desk.state().failures == 0


def test_a_try_is_counted_even_when_its_process_is_killed_before_it_is_told(desk: Desk) -> None:
    """At every step of the writing: a kill never gives a try for nothing once the code was looked at."""
    files = DyingFiles()
    with pytest.raises(ApprovalFault):
        desk.factor(files=files).check("000000")
    assert files.steps > 10
    failures = desk.state().failures
    for step in range(files.steps, 0, -1):
        with pytest.raises((Died, ApprovalFault)) as caught:
            desk.factor(files=DyingFiles(step)).check("000000")
        now = desk.state().failures
        assert now in (failures, failures + 1)
        assert caught.type is Died or now > failures
        failures = now
        desk.now_s += desk.state().pause_left_s(desk.now_s) + 1


def test_a_lost_device_is_replaced_by_a_recovery_code_once(desk: Desk) -> None:
    with pytest.raises(ApprovalFault):
        desk.factor().check(desk.recovery[0])
    desk.factor().approve(Approved.UNLOCK, 0, 3_600)
    desk.factor().disable(desk.recovery[0].lower())
    assert desk.factor().state() is None
    assert desk.factor().approvals() == ()
    secret = new_secret()
    assert desk.factor().enable(secret, code_at(secret, int(desk.now_s) // 30), 50)
    with pytest.raises(ApprovalFault):
        desk.factor().disable(desk.recovery[1])


def test_approvals_are_of_one_store_and_end(desk: Desk) -> None:
    assert desk.factor().approved_until(Approved.UNLOCK) == 0
    desk.factor().approve(Approved.UNLOCK, 0, 3_600)
    desk.factor().approve(Approved.LEVERAGE, 75, 7_200)
    assert desk.factor().approved_until(Approved.UNLOCK) == desk.now_s + 3_600
    assert desk.factor().approved_until(Approved.LEVERAGE, 76) == 0
    assert desk.factor(TESTNET).approved_until(Approved.UNLOCK) == 0
    desk.now_s += 3_600
    assert desk.factor().approved_until(Approved.UNLOCK) == 0
    assert desk.factor().approved_until(Approved.LEVERAGE, 75) == desk.now_s + 3_600
    assert desk.factor().revoke() == 2
    assert desk.factor().approved_until(Approved.LEVERAGE, 75) == 0


def test_a_clock_set_back_into_an_approval_that_is_over_finds_none(desk: Desk) -> None:
    desk.factor().approve(Approved.UNLOCK, 0, 3_600)
    desk.now_s += 7_200
    desk.factor().saw_time()
    desk.now_s -= 5_000
    assert desk.factor().approved_until(Approved.UNLOCK) == 0


def test_what_is_off_takes_no_code(desk: Desk) -> None:
    with pytest.raises(ApprovalFault, match="the second factor is off; switch it on"):
        desk.factor(TESTNET).check("000000")


def test_of_programs_that_take_one_code_at_once_one_alone_succeeds(desk: Desk) -> None:
    code = desk.code()
    factors = [desk.factor() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda factor: is_taken(factor, code), factors))
    assert taken.count(True) == 1


def test_wrong_codes_of_programs_at_once_are_all_counted(desk: Desk) -> None:
    factors = [desk.factor() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert not any(pool.map(lambda factor: is_taken(factor, "000000"), factors))
    assert desk.state().failures == 4


def test_a_program_that_starts_gives_no_code_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    code, other = desk.code(), desk.factor()
    state = other.state
    # What it read is old by the time it writes.
    monkeypatch.setattr(other, "state", lambda: (state(), desk.factor().check(code))[0])
    desk.now_s += 1
    other.saw_time()
    desk.now_s += 1
    with pytest.raises(ApprovalFault, match="used already"):
        desk.factor().check(code)


def test_an_approval_brings_none_back_that_was_revoked_meanwhile(desk: Desk) -> None:
    factor = desk.factor()
    factor.approve(Approved.LEVERAGE, 75, 3_600)
    assert len(factor.approvals()) == 1
    desk.factor().revoke()
    factor.approve(Approved.UNLOCK, 0, 3_600)
    assert [each.what for each in desk.factor().approvals()] == [Approved.UNLOCK]


def test_it_is_switched_on_once(desk: Desk) -> None:
    secret = new_secret()
    with pytest.raises(ApprovalFault, match="is on already"):
        desk.factor().enable(secret, code_at(secret, int(desk.now_s) // 30), 50)


def is_taken(factor: SecondFactor, code: str) -> bool:
    try:
        factor.check(code)
    except ApprovalFault:
        return False
    return True
