"""A run under AddressSanitizer that can't be is told so, and never looks like one that passed."""

import pytest

from tests.bench import asan


def test_a_machine_without_a_compiler_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert asan.run() == asan.CANNOT_RUN
    assert capsys.readouterr().err == "bench: asan can't run: there is no C compiler (cc)\n"
