"""The command writes the connector into a real Hummingbot, and takes it out of it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from connector import __version__
from tests.companions.hummingbots import PLACE, bytes_of, environment
from tests.hummingbot.environment import PYTHON, ROOT, connector, new_tree, surroundings

NAMES = {"binance_perpetual_pro", "binance_perpetual_pro_local", "binance_perpetual_pro_testnet"}
_LIST = """
import json, sys
if sys.argv[1]:
    sys.path[:] = [path for path in sys.path if path != sys.argv[1]]
from hummingbot.client.settings import AllConnectorSettings
print(json.dumps(sorted(AllConnectorSettings.create_connector_settings())))
"""


def listed(root: Path, *, without: str = "", first: Path | None = None) -> set[str]:
    """The connectors that it has; `without` a folder of packages, or with another one `first`."""
    variables = surroundings(root)
    if first is not None:
        variables["PYTHONPATH"] = f"{first}:{variables['PYTHONPATH']}"
    done = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", _LIST, without],
        cwd=root, env=variables, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def done(root: Path, *words: str) -> list[str]:
    ended = connector(root, "hummingbot", *words, "--at", str(root))
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


def standing(root: Path, at: Path) -> dict[str, Any]:
    ended = connector(root, "hummingbot", "status", "--json", "--at", str(at))
    assert ended.returncode == 0, ended.stderr
    row: dict[str, Any]
    (row,) = json.loads(ended.stdout)["installations"]
    return row


def test_it_goes_in_is_used_and_comes_out_to_the_byte(bare: Path) -> None:
    theirs = listed(bare)
    before = bytes_of(bare)
    done(bare, "install")
    assert listed(bare) == theirs | NAMES
    row = standing(bare, bare)
    assert (row["hummingbot"], row["is_tested"], row["connector"]) == ("dev-2.18.0", True, __version__)
    assert row["why_not_loaded"] == ""
    assert (bare / PLACE / "__pycache__").is_dir()
    done(bare, "remove")
    assert bytes_of(bare) == before
    assert listed(bare) == theirs


def test_without_our_package_or_with_a_broken_one_it_lists_what_it_listed_before(bare: Path, tmp_path: Path) -> None:
    theirs = listed(bare)
    done(bare, "install")
    assert listed(bare, without=str(ROOT)) == theirs
    key = bare / "conf" / "connectors" / "binance_perpetual_pro_local.yml"
    key.write_text("connector: binance_perpetual_pro_local\n")
    assert listed(bare, without=str(ROOT)) == theirs
    assert not key.exists(), "its login would end at the key of a connector that is not there"
    assert listed(bare) == theirs | NAMES
    assert key.read_text() == "connector: binance_perpetual_pro_local\n"
    broken = tmp_path / "broken"
    shutil.copytree(ROOT / "connector" / "adapters", broken / "connector" / "adapters")
    (broken / "connector" / "__init__.py").write_text("raise RuntimeError('half of it is missing')\n")
    assert listed(bare, first=broken) == theirs
    (broken / "connector" / "__init__.py").write_text("")
    (broken / "connector" / "adapters" / "hummingbot" / "registration.py").write_text("KEYS = of another version\n")
    assert listed(bare, first=broken) == theirs


def test_one_of_an_older_version_of_ours_is_written_over(bare: Path) -> None:
    done(bare, "install")
    for path in (bare / PLACE).glob("*.py"):
        path.write_text(path.read_text().replace(__version__, "0.0.9", 1))
    assert done(bare, "install")[0].endswith(f"({__version__}, in place of 0.0.9)")
    row = standing(bare, bare)
    assert (row["connector"], row["is_current"], row["why_not_loaded"]) == (__version__, True, "")


@pytest.mark.parametrize("layout", ["a package in an environment", "a checkout that an environment develops"])
def test_an_environment_that_is_named_leads_to_it(tmp_path: Path, layout: str) -> None:
    packages = environment(tmp_path / "env")
    root = new_tree(packages if "package" in layout else tmp_path / "checkout")
    if root != packages:
        (packages / "conda.pth").write_text(f"{root}\n")
    python = tmp_path / "env" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={root}:{ROOT} exec {PYTHON} "$@"\n')
    ended = connector(tmp_path, "hummingbot", "install", "--at", str(tmp_path / "env"))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[0] == f"written: {root / PLACE} ({__version__})"
    row = standing(tmp_path, tmp_path / "env")
    assert (row["root"], row["python"], row["why_not_loaded"]) == (str(root), str(python), "")
    assert listed(root) >= NAMES


def test_what_every_command_of_hummingbot_pays_for_it_is_small(tree: Path) -> None:
    """Of what it loads at each start: modules of ours that it hadn't loaded for itself."""
    program = """
import sys
import hummingbot.client.config.config_data_types, hummingbot.core.data_type.trade_fee
before = set(sys.modules)
import hummingbot.connector.derivative.binance_perpetual_pro.binance_perpetual_pro_utils
print(*sorted(set(sys.modules) - before))
"""
    ended = subprocess.run(
        [PYTHON, "-W", "ignore", "-c", program],
        cwd=tree, env=surroundings(tree), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    loaded = ended.stdout.split()
    assert "connector.adapters.hummingbot.registration" in loaded
    assert len([name for name in loaded if not name.startswith("hummingbot.")]) <= 8, loaded
