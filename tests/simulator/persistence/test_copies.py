"""Copies of the process: what they see, what they hold, and what is done where none comes back."""

import asyncio
import errno
import os
import signal
import socket

import pytest

from connector.simulator.persistence.copies import in_a_copy

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system makes no copies of a process")


class Held:
    """A copy that waits until it is let go, and tells its number first."""

    def __init__(self) -> None:
        self.told, self._telling = os.pipe()
        self._waiting, self._letting = os.pipe()

    def __enter__(self) -> "Held":
        return self

    def __exit__(self, *_: object) -> None:
        for number in (self.told, self._telling, self._waiting, self._letting):
            os.close(number)

    @property
    def kept(self) -> tuple[int, int]:
        return self._telling, self._waiting

    def work(self) -> bytes:
        os.write(self._telling, b"%d\n" % os.getpid())
        os.read(self._waiting, 1)
        return b"let go"

    async def copy(self) -> int:
        """The number of the copy, as soon as it is at work."""
        return int(await asyncio.to_thread(os.read, self.told, 100))

    def let_go(self) -> None:
        os.write(self._letting, b"!")


async def test_a_copy_sees_everything_as_it_was_when_it_was_asked() -> None:
    book = {"bid": 1}
    asked = asyncio.create_task(in_a_copy(lambda: repr(book).encode()))
    await asyncio.sleep(0)
    book["bid"] = 2
    assert await asked == b"{'bid': 1}"


async def test_others_are_served_while_a_copy_is_at_work() -> None:
    with Held() as held:
        asked = asyncio.create_task(in_a_copy(held.work, held.kept))
        assert await held.copy() != os.getpid()
        assert not asked.done()
        held.let_go()
        assert await asked == b"let go"


async def test_much_comes_back_whole() -> None:
    assert await in_a_copy(lambda: bytes(range(256)) * 20_000) == bytes(range(256)) * 20_000


async def test_a_refusal_of_the_system_is_told_with_its_number() -> None:
    def fills_the_disk() -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left on device") as refusal:
        await in_a_copy(fills_the_disk)
    assert refusal.value.errno == errno.ENOSPC


async def test_a_defect_is_seen_here() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_a_copy(lambda: bytes([1 // 0]))


async def test_what_a_copy_that_died_owes_is_done_here() -> None:
    here = os.getpid()

    def dies() -> bytes:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"done here"

    assert await in_a_copy(dies) == b"done here"


async def test_what_a_copy_that_hangs_owes_is_done_here() -> None:
    here = os.getpid()
    with Held() as held:

        def hangs() -> bytes:
            return held.work() if os.getpid() != here else b"done here"

        asked = asyncio.create_task(in_a_copy(hangs, held.kept, within_s=0.2))
        copy = await held.copy()
        assert await asked == b"done here"
    assert not lives(copy)


async def test_whoever_is_cancelled_leaves_no_copy_behind() -> None:
    with Held() as held:
        asked = asyncio.create_task(in_a_copy(held.work, held.kept))
        copy = await held.copy()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
    assert not lives(copy)


async def test_no_connection_lasts_longer_for_a_copys_sake() -> None:
    near, far = socket.socketpair()
    far.settimeout(5)
    with Held() as held, far:
        asked = asyncio.create_task(in_a_copy(held.work, held.kept))
        await held.copy()
        near.close()
        assert far.recv(1) == b""
        held.let_go()
        await asked


def lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
