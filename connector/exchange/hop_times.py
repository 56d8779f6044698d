"""How long the hops of a decision take, by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED
from connector.exchange.plain.hop_times import BOUNDS_NS

if TYPE_CHECKING or not COMPILED:
    from connector.exchange.plain.hop_times import Durations, HopTimes
else:
    from connector.exchange.compiled.hop_times import Durations, HopTimes

__all__ = ["BOUNDS_NS", "Durations", "HopTimes"]
