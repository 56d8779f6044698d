"""The build: compiled parts are welcome, and never a condition."""

import runpy

import pytest

from tests.companions.places import ROOT


@pytest.fixture
def extensions(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What setup.py hands to setuptools."""
    handed: list[object] = []
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("setuptools.setup", lambda ext_modules: handed.extend(ext_modules))
    runpy.run_path(str(ROOT / "setup.py"))
    return handed


def test_every_compiled_part_is_optional(extensions: list[object]) -> None:
    assert extensions
    assert all(getattr(extension, "optional", False) for extension in extensions)
