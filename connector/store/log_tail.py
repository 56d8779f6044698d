"""The end of the log, by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.store.plain.log_tail import LogTail
else:
    from connector.store.compiled.log_tail import LogTail

__all__ = ["LogTail"]
