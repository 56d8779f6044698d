"""One instance a tag and account."""

import os
import signal
import subprocess
import sys
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
