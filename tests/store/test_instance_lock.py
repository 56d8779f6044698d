"""One instance a tag and account."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from connector.core.faults import InstanceFault
from connector.store.instance_lock import InstanceLock
from tests.companions.places import ROOT

_HOLDS = """
import sys, time
from pathlib import Path
from connector.store.instance_lock import InstanceLock
lock = InstanceLock(Path(sys.argv[1]), "desk1")
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_is_refused_by_the_first_ones_process(tmp_path: Path) -> None:
    lock = InstanceLock(tmp_path, "desk1")
    with pytest.raises(InstanceFault) as refused:
        InstanceLock(tmp_path, "desk1")
    assert f"process {os.getpid()}" in str(refused.value)
    assert "client_order_id_prefix" in str(refused.value)
    lock.release()
    InstanceLock(tmp_path, "desk1").release()


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    command = (sys.executable, "-c", _HOLDS, str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InstanceFault, match=f"process {holder.pid}"):
            InstanceLock(tmp_path, "desk1")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    InstanceLock(tmp_path, "desk1").release()


def test_one_that_is_held_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    held = threading.Event()

    def hold() -> None:
        lock = InstanceLock(tmp_path, "desk1")
        held.set()
        time.sleep(0.3)
        lock.release()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(20)
    with pytest.raises(InstanceFault):
        InstanceLock(tmp_path, "desk1", wait_s=0.01)
    InstanceLock(tmp_path, "desk1", wait_s=20.0).release()
    holder.join()
