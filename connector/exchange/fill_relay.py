"""The way of the user stream's frames, by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.exchange.plain.fill_relay import FillRelay
else:
    from connector.exchange.compiled.fill_relay import FillRelay

__all__ = ["FillRelay"]
