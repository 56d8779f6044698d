"""Records as lines of text, written by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED
from connector.store.plain.record_lines import HEAD_LENGTH, BadLine, line_of, record_at

if TYPE_CHECKING or not COMPILED:
    from connector.store.plain.record_lines import lines_of
else:
    from connector.store.compiled.record_lines import lines_of

__all__ = ["HEAD_LENGTH", "BadLine", "line_of", "lines_of", "record_at"]
