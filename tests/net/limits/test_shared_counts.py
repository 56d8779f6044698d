"""One count for all processes of a machine."""

import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from connector.net.limits.limit_window import Cost
from connector.net.limits.shared_counts import COLUMNS, NOBODY, SLOTS, Others, SharedCounts, shared_counts
from connector.net.limits.throttle import Throttle, account_pool, address_pool
from connector.venue.limits import ORDERS, REQUEST_WEIGHT
from tests.companions.places import ROOT

WEIGHT, ORDERS_10S = COLUMNS[REQUEST_WEIGHT, 60_000], COLUMNS[ORDERS, 10_000]
NOW_MS, STEADY_MS = 1_800_000_000_000, 5_000_000
INDEX = NOW_MS // 60_000


def throttle(folder: Path, share: str = "1") -> Throttle:
    part = Decimal(share)
    return Throttle(
        address=address_pool(part, SharedCounts(folder / "address")),
        account=account_pool(part, SharedCounts(folder / "account")),
    )


def test_each_reads_what_the_others_know_and_have_under_way(tmp_path: Path) -> None:
    first, second, third = (SharedCounts(tmp_path) for _ in range(3))
    assert first.others(WEIGHT, INDEX, STEADY_MS) == NOBODY
    second.cell(WEIGHT).publish(INDEX, 700, STEADY_MS, 20)
    third.cell(WEIGHT).publish(INDEX, 900, STEADY_MS + 5, 3)
    assert first.others(WEIGHT, INDEX, STEADY_MS + 1_000) == Others(900, STEADY_MS + 5, 23)
    assert first.others(ORDERS_10S, INDEX, STEADY_MS + 1_000) == NOBODY
    assert first.others(WEIGHT, INDEX + 1, STEADY_MS + 1_000) == NOBODY, "it is of another window"
    second.close()
    third.close()
    assert first.others(WEIGHT, INDEX, STEADY_MS + 2_000) == NOBODY
    first.close()


def test_orders_of_one_process_are_counted_by_another_before_any_is_answered(tmp_path: Path) -> None:
    one, other = throttle(tmp_path), throttle(tmp_path)
    order, seen_ms = Cost(0, 1, 1), STEADY_MS
    for _ in range(135):
        one.spend(order, NOW_MS)
        other.spend(order, NOW_MS)
    for each in (one, other):
        wait_ms = each.wait_ms(order, NOW_MS, seen_ms)
        assert wait_ms == 10_000 - NOW_MS % 10_000, "270 of 300 are under way, and 30 are kept for what closes"
    alone = Throttle()
    for _ in range(135):
        alone.spend(order, NOW_MS)
    assert alone.wait_ms(order, NOW_MS, seen_ms) == 50, "it waits for answers alone"


def test_the_venues_count_that_one_was_told_holds_for_all(tmp_path: Path) -> None:
    one, other = throttle(tmp_path), throttle(tmp_path)
    request = Cost(5)
    assert not other.wait_ms(request, NOW_MS, STEADY_MS)
    one.settle(one.spend(request, NOW_MS), {"X-MBX-USED-WEIGHT-1M": "2390"}, STEADY_MS)
    assert other.wait_ms(request, NOW_MS + 10, STEADY_MS + 1_010) == 60_000 - (NOW_MS + 10) % 60_000
    assert not other.wait_ms(request, NOW_MS + 60_000, STEADY_MS + 60_000), "a new window"


@pytest.mark.parametrize("is_answered", [True, False])
def test_what_was_given_back_is_free_for_all(tmp_path: Path, is_answered: bool) -> None:
    one, other = throttle(tmp_path), throttle(tmp_path)
    heavy = Cost(1_900)
    ticket = one.spend(heavy, NOW_MS)
    assert other.wait_ms(Cost(100), NOW_MS, STEADY_MS)
    one.give_back(ticket, STEADY_MS, answered=is_answered)
    assert not other.wait_ms(Cost(100), NOW_MS, STEADY_MS + 10)


CRASHES = """
import os, signal, sys
from pathlib import Path
from connector.net.limits.shared_counts import SharedCounts
counts = SharedCounts(Path(sys.argv[1]))
counts.cell({column}).publish({index}, 2400, {steady}, 7)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_crashes_frees_its_slot_and_its_count_ends_with_its_window(tmp_path: Path) -> None:
    mine = SharedCounts(tmp_path)
    program = CRASHES.format(column=WEIGHT, index=INDEX, steady=STEADY_MS)
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False, timeout=30)
    assert killed.returncode == -9
    assert mine.others(WEIGHT, INDEX, STEADY_MS).told == 2400, "the venue counts it until the window ends"
    assert mine.others(WEIGHT, INDEX + 1, STEADY_MS + 1_000) == NOBODY
    heir = SharedCounts(tmp_path)
    assert mine.others(WEIGHT, INDEX, STEADY_MS + 2_000) == NOBODY, "who takes the slot begins with nothing"
    heir.close()
    mine.close()


def test_there_are_slots_for_many_and_without_one_each_counts_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    held = [SharedCounts(tmp_path) for _ in range(SLOTS)]
    assert shared_counts(tmp_path) is None
    assert "limits are not shared with other processes" in caplog.text
    held.pop().close()
    last = shared_counts(tmp_path)
    assert last is not None
    for counts in (*held, last):
        counts.close()


def test_a_folder_that_cant_be_used_is_told_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    assert shared_counts(tmp_path / "file" / "limits") is None
    assert "limits are not shared" in caplog.text


def test_what_nobody_used_for_a_day_is_removed(tmp_path: Path) -> None:
    old, held, new = (tmp_path / name for name in ("old", "held", "new"))
    SharedCounts(old).close()
    keeper = SharedCounts(held)
    for folder in (old, held):
        os.utime(folder / "counts-1", (time.time() - 90_000,) * 2)
    counts = shared_counts(new)
    assert counts is not None
    assert not old.exists()
    assert (held / "counts-1").exists(), "somebody has it"
    keeper.close()
    counts.close()


def test_a_count_beyond_a_cell_is_cut(tmp_path: Path) -> None:
    one, other = SharedCounts(tmp_path), SharedCounts(tmp_path)
    one.cell(WEIGHT).publish(INDEX, 10**9, STEADY_MS, 10**9)
    told = other.others(WEIGHT, INDEX, STEADY_MS)
    assert told.told == told.open == 2**24 - 1
    one.close()
    other.close()
