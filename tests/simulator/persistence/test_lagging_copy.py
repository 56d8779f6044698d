"""A copy of the engine that is given every command some time later."""

from dataclasses import replace
from pathlib import Path

from connector.core.clock import ManualClock
from connector.simulator.persistence.journal import replay_journal
from connector.simulator.persistence.lagging_copy import CommandTap, LaggingCopy
from connector.simulator.persistence.state_hash import state_hash
from tests.companions.simulator.callers import QUIET, Caller, caller


def lively(call: Caller, pulses: int) -> None:
    for number in range(pulses):
        call.clock.advance(50)
        call.runtime.pulse()
        call.order("BUY" if number % 3 else "SELL", "0.01")
        call.order("BUY", "1", "1")  # refused, which the copy has to live through, too


def lagging(call: Caller, clock: ManualClock, lag_ms: int) -> tuple[LaggingCopy, CommandTap]:
    tap = CommandTap(call.runtime.engine)
    return LaggingCopy(call.runtime.engine, tap, lag_ms, clock.monotonic_ms), tap


def test_the_copy_is_what_the_engine_was_so_long_ago_to_the_last_digit() -> None:
    call = caller(replace(QUIET, background=True))
    lively(call, 20)
    copy, _ = lagging(call, call.clock, 500)
    hashes, compared = {}, 0
    for _ in range(40):
        call.clock.advance(25)
        call.runtime.pulse()
        call.order("BUY", "0.01")
        hashes[call.clock.ms] = state_hash(call.runtime.engine)
        then = call.clock.ms - 500
        if then in hashes:
            compared += 1
            assert state_hash(copy.catch_up()) == hashes[then]
    assert compared == 20 and len(set(hashes.values())) == 40
    call.clock.advance(500)
    assert state_hash(copy.catch_up()) == state_hash(call.runtime.engine)


def test_an_engine_is_left_as_it_was_found_with_its_journal(tmp_path: Path) -> None:
    call = caller(replace(QUIET, journal=tmp_path / "journal"))
    place = vars(call.runtime.engine)["place"]
    copy, _ = lagging(call, call.clock, 100)
    call.order("BUY", "0.01", "59000")
    copy.end()
    assert vars(call.runtime.engine)["place"] is place
    call.order("BUY", "0.01", "58000")
    call.runtime.close()
    again = replay_journal(tmp_path / "journal")
    assert again.agrees and again.recorded and again.commands > 2


def test_copies_of_different_age_follow_each_at_its_own_distance(call: Caller) -> None:
    tap = CommandTap(call.runtime.engine)
    near, far = (LaggingCopy(call.runtime.engine, tap, ms, call.clock.monotonic_ms) for ms in (200, 2_000))
    call.order("BUY", "0.01", "59000")
    account_id = call.sender.account_id
    seen = []
    for _ in range(3):
        seen.append([len(copy.catch_up().accounts[account_id].orders) for copy in (near, far)])
        call.clock.advance(1_000)
    assert seen == [[0, 0], [1, 0], [1, 1]]
    near.end()
    call.order("BUY", "0.01", "58000")
    call.clock.advance(2_000)
    assert len(far.catch_up().accounts[account_id].orders) == 2
    far.end()
    assert "place" not in vars(call.runtime.engine)
