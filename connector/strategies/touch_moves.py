"""What a move of the touch asks for, by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED
from connector.strategies.plain.touch_moves import BEYOND, LOOK, NOTHING

if TYPE_CHECKING or not COMPILED:
    from connector.strategies.plain.touch_moves import Pull, Quiet, ShortWay, TickSide
else:
    from connector.strategies.compiled.touch_moves import Pull, Quiet, ShortWay, TickSide

__all__ = ["BEYOND", "LOOK", "NOTHING", "Pull", "Quiet", "ShortWay", "TickSide"]
