from dataclasses import replace

import pytest

from connector.simulator.network_access import Access, Limits, limits_of
from connector.simulator.settings import SimulatorSettings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_loopback_needs_no_leave(host: str) -> None:
    assert Access(host).is_allowed
    assert Access("0.0.0.0", allow_network=True).is_allowed


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("venue", Limits()),
        ("off", Limits(enforced=False)),
        ("x10", Limits(times=10.0)),
        ("×0.5", Limits(times=0.5)),
        ("x0", None),
        ("10", None),
        ("x-1", None),
        ("xnan", None),
        ("", None),
    ],
)
def test_limits_are_the_venues_none_or_so_many_times_the_venues(text: str, limits: Limits | None) -> None:
    assert limits_of(text) == limits


def test_what_was_said_becomes_settings() -> None:
    settings = SimulatorSettings(port=5, seed=3)
    access = Access("::1", limits=Limits(enforced=False, times=2.0))
    assert access.applied(settings) == replace(settings, host="::1", limits=False, limits_times=2.0)
