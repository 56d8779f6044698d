"""The reader of the user stream: the twin in use, by the rule of `core/twins.py`; type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.wire.plain.user_events import UserEventReader
else:
    from connector.wire.compiled.user_events import UserEventReader

__all__ = ["UserEventReader"]
