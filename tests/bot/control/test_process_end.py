"""Who waits for the end of a process hears of it when it is over, and no later than was said."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest

from connector.bot.control.process_end import peer_of, process_end


@pytest.fixture(params=["by the system's word", "by looking"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by looking":
        monkeypatch.delattr(os, "pidfd_open", raising=False)
    elif not hasattr(os, "pidfd_open"):
        pytest.skip("this system has no such word")


@pytest.mark.usefixtures("way")
def test_an_end_is_heard_when_it_comes() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        with process_end(other.pid) as end:
            assert not end.came(0.1)
            assert other.stdin is not None
            other.stdin.close()
            # One that nobody has asked for its code is there by name.
            threading.Thread(target=other.wait).start()
            assert end.came(10)
        with process_end(other.pid) as end:
            assert end.came(0)


def test_of_one_that_nobody_knows_there_is_nothing_to_wait_for() -> None:
    began_s = time.monotonic()
    with process_end(0) as end:
        assert end.came(10)
    assert time.monotonic() - began_s < 5


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="this system does not tell who listens")
def test_who_listens_is_told_by_the_system() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert peer_of(one) == os.getpid()
