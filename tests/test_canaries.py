"""A secret that a test leaves somewhere is found, wherever and in whichever form it stands there."""

import re
import subprocess
import sys

import pytest

from tests.companions.keys.canaries import ORDINARY, forms_of
from tests.companions.places import ROOT

PLANTED = ROOT / "tests" / "companions" / "keys" / "planted.py"


def test_every_planted_one_fails_its_test_and_no_other_is_failed(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = (
        sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider",
        "--basetemp", str(tmp_path_factory.mktemp("planted")), str(PLANTED),
    )  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    told = re.findall(r"^(PASSED|ERROR) \S+::test_(\w+)", done.stdout, re.MULTILINE)
    found = {name for verdict, name in told if verdict == "ERROR"}
    every = set(re.findall(r"def test_(\w+)", PLANTED.read_text()))
    assert found == every - {"nothing", "meant"}, done.stdout
    for line in re.findall(r"^\S.*: \w+ (?:as|in) .*$", done.stdout, re.MULTILINE):
        assert not any(form.decode() in line for secret in ORDINARY.values() for form in forms_of(secret).values())


def test_one_has_a_form_of_its_own_for_each_way_of_writing() -> None:
    for secret in ORDINARY.values():
        forms = forms_of(secret)
        assert all(len(form) > 15 for form in forms.values())
        assert forms["as it is"] != forms["in hex"]
