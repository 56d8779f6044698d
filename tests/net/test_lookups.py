"""A command ends when its work is done, whatever is still looked up."""

import asyncio
import threading
import time

import pytest

from connector.net.lookups import run_to_end

_ENDLESS_S = 30.0


def test_a_lookup_that_is_given_up_is_waited_for_by_nobody() -> None:
    answered = threading.Event()

    async def asks() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.get_running_loop().run_in_executor(None, answered.wait, _ENDLESS_S)
        except TimeoutError:
            return "given up"
        return "answered"

    began_s = time.monotonic()
    assert run_to_end(asks()) == "given up"
    assert time.monotonic() - began_s < _ENDLESS_S / 2
    answered.set()


def test_a_lookup_is_answered_or_fails_as_ever() -> None:
    async def asks(host: str) -> str:
        return str((await asyncio.get_running_loop().getaddrinfo(host, 443))[0][4][0])

    assert run_to_end(asks("127.0.0.1")) == "127.0.0.1"
    with pytest.raises(UnicodeError):
        run_to_end(asks("a" * 70))


def test_one_that_nobody_waits_for_any_more_is_not_begun() -> None:
    begun: list[str] = []

    async def asks() -> None:
        asyncio.get_running_loop().run_in_executor(None, begun.append, "one").cancel()
        await asyncio.get_running_loop().run_in_executor(None, begun.append, "another")

    run_to_end(asks())
    assert "another" in begun
