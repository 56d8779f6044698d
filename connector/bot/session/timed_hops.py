"""What carries a decision out, with a stamp before it and after it, where somebody wants the times."""

from collections.abc import Callable
from typing import ParamSpec

from connector.exchange.hop_times import HopTimes

_Given = ParamSpec("_Given")


class Timed:
    """Makes what carries decisions out tell of it; without times it leaves it as it is."""

    def __init__(self, times: HopTimes | None) -> None:
        self._times = times

    def __call__(self, act: Callable[_Given, None]) -> Callable[_Given, None]:
        times = self._times
        if times is None:
            return act

        def acted(*given: _Given.args, **named: _Given.kwargs) -> None:
            times.decided()
            try:
                act(*given, **named)
            finally:
                times.handed_on()

        return acted
