"""A measurement has a core of its own where the system can give it one."""

import os

import pytest

from tests.bench.cores import bind, cores


def test_a_process_runs_on_the_cores_that_it_is_bound_to() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system binds no process to a core")
    all_of_them = cores()
    bind(all_of_them[-1])
    try:
        assert cores() == all_of_them[-1:]
    finally:
        bind(*all_of_them)
    assert cores() == all_of_them


def test_a_system_that_binds_nothing_still_tells_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    bind(0)
    assert cores() == list(range(os.cpu_count() or 1))
