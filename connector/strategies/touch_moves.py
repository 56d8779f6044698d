"""What a move of the touch asks for, by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED
from connector.strategies.plain.touch_moves import BEYOND, LOOK, NOTHING, Hands, Sources

if TYPE_CHECKING or not COMPILED:
    from connector.strategies.plain.touch_moves import Pull, Quiet, ShortWay, TickSide, TouchWatch, at_price
else:
    from connector.strategies.compiled.touch_moves import Pull, Quiet, ShortWay, TickSide, TouchWatch, at_price

__all__ = [
    "BEYOND",
    "LOOK",
    "NOTHING",
    "Hands",
    "Pull",
    "Quiet",
    "ShortWay",
    "Sources",
    "TickSide",
    "TouchWatch",
    "at_price",
]
