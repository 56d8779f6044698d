"""The key store of a home, and the domains that have one."""

import ctypes
import sys
from pathlib import Path

import pytest

from connector.bot.keys.key_home import KeyHome, keyed_domain
from connector.core.faults import ConfigFault, NoKeyFault
from tests.companions.keys.stores import LIVE


def test_a_home_keeps_its_keys_beside_its_settings(tmp_path: Path) -> None:
    assert KeyHome(tmp_path, None).store.folder == tmp_path / "conf" / "connectors"


def test_the_local_domain_and_a_name_that_is_none_are_refused() -> None:
    assert keyed_domain(LIVE).is_live
    for name in ("binance_perpetual_local", "binance", "../etc/passwd"):
        with pytest.raises(ConfigFault, match="domain"):
            keyed_domain(name)


def test_no_password_is_asked_for_where_there_is_no_key_and_nobody_where_no_terminal_is(tmp_path: Path) -> None:
    keys = KeyHome(tmp_path, "file:/nowhere")
    with pytest.raises(NoKeyFault):
        keys.opened(LIVE)
    keys.terminal = None
    with pytest.raises(ConfigFault, match="type this command there"):
        keys.asked()


@pytest.mark.skipif(sys.platform != "linux", reason="what other systems have is no switch of the process")
def test_no_image_of_the_process_is_written_from_before_the_first_prompt_on(tmp_path: Path) -> None:
    process, set_dumpable, get_dumpable = ctypes.CDLL(None), 4, 3
    process.prctl(set_dumpable, 1, 0, 0, 0)
    KeyHome(tmp_path, None)
    assert process.prctl(get_dumpable, 0, 0, 0, 0) == 0
