"""What each setting promises."""

import asyncio
import threading
import time

import pytest

from connector.store.durability import Durability, SyncTimes, syncing
from tests.companions.local_trading import until


class Disk:
    """Counts its syncs, and can be slow."""

    def __init__(self) -> None:
        self.synced = 0
        self.threads: set[str] = set()
        self.may_sync = threading.Event()
        self.may_sync.set()

    def sync(self) -> None:
        assert self.may_sync.wait(5)
        self.threads.add(threading.current_thread().name)
        self.synced += 1


def test_each_is_synced_before_the_write_returns() -> None:
    disk = Disk()
    each = syncing(Durability.EACH, disk.sync, in_loop=False)
    each.written()
    assert disk.synced == 1
    each.written()
    assert disk.synced == 2
    each.close()


def test_none_is_left_to_the_system() -> None:
    disk = Disk()
    none = syncing(Durability.NONE, disk.sync, in_loop=False)
    none.written()
    none.close()
    assert disk.synced == 0


async def test_a_group_is_synced_beside_the_loop_and_a_slow_disk_holds_up_nobody() -> None:
    disk = Disk()
    disk.may_sync.clear()
    group = syncing(Durability.GROUP, disk.sync, in_loop=False)
    for _ in range(1_000):
        group.written()
    await asyncio.sleep(0)
    assert disk.synced == 0, "the loop goes on while the disk does not"
    disk.may_sync.set()
    await until(lambda: disk.synced > 0, "it is synced")
    group.written()
    await until(lambda: disk.synced > 1, "what was written later is synced too")
    group.close()
    assert disk.threads == {"journal sync"}


async def test_the_thread_of_a_group_sleeps_until_the_turn_that_wrote_is_over() -> None:
    disk = Disk()
    group = syncing(Durability.GROUP, disk.sync, in_loop=False)
    group.written()
    threading.Event().wait(0.05)
    assert disk.synced == 0, "an order may be on its way in this turn"
    await until(lambda: disk.synced == 1, "it is synced")
    group.close()


def test_without_a_loop_the_thread_of_a_group_is_woken_at_once() -> None:
    disk = Disk()
    group = syncing(Durability.GROUP, disk.sync, in_loop=False)
    group.written()
    deadline = time.monotonic() + 5
    while not disk.synced and time.monotonic() < deadline:
        time.sleep(0.005)
    assert disk.synced == 1
    group.close()


def test_what_a_loop_wrote_in_its_last_turn_is_synced_all_the_same() -> None:
    disk, loop = Disk(), asyncio.new_event_loop()
    group = syncing(Durability.GROUP, disk.sync, in_loop=False)

    async def write_and_end() -> None:
        loop.stop()
        group.written()

    task = loop.create_task(write_and_end())
    loop.run_forever()
    assert task.done()
    loop.close()
    deadline = time.monotonic() + 5
    while not disk.synced and time.monotonic() < deadline:
        time.sleep(0.01)
    assert disk.synced == 1
    group.close()


@pytest.mark.virtual_time
async def test_in_virtual_time_a_group_is_synced_on_the_loop_ten_milliseconds_later() -> None:
    disk, loop = Disk(), asyncio.get_running_loop()
    group = syncing(Durability.GROUP, disk.sync, in_loop=True)
    began = loop.time()
    group.written()
    group.written()
    await until(lambda: disk.synced > 0, "synced")
    assert loop.time() - began == pytest.approx(0.010, abs=0.011)
    await asyncio.sleep(1)
    assert disk.synced == 1, "what was written once is synced once"
    assert disk.threads == {"MainThread"}
    group.close()


def test_the_longest_sync_is_kept(tmp_path: object) -> None:
    times = SyncTimes()
    with open(f"{tmp_path}/file", "wb") as file:
        file.write(b"x")
        times.sync(file.fileno())
        first = times.longest_ms
        times.sync(file.fileno())
    assert times.count == 2
    assert times.longest_ms >= first > 0


async def test_what_is_due_is_synced_without_being_told_again() -> None:
    disk = Disk()
    disk.may_sync.clear()
    group = syncing(Durability.GROUP, disk.sync, in_loop=False)
    assert not group.is_due
    group.written()
    assert group.is_due
    await until(lambda: not group.is_due, "it is being synced: what is written now is not in it")
    assert disk.synced == 0
    disk.may_sync.set()
    group.close()
    assert not syncing(Durability.EACH, disk.sync, in_loop=False).is_due
    assert syncing(Durability.NONE, disk.sync, in_loop=False).is_due
