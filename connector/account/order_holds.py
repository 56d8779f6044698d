"""What our own orders hold: the twin in use, by the rule of `core/twins.py`; type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.account.plain.order_holds import position_side
from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.account.plain.order_holds import OrderHolds
else:
    from connector.account.compiled.order_holds import OrderHolds

__all__ = ["OrderHolds", "position_side"]
