"""The short way of a fill, and its rows, by the twin in use (`core/twins.py`); type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.orders.journal_records import changed as changed_record
    from connector.orders.journal_records import telling
    from connector.orders.order_events import filled as filled_event
    from connector.orders.plain.fill_way import filled_shortly
else:
    from connector.orders.compiled.fill_way import changed_record, filled_event, filled_shortly, telling

__all__ = ["changed_record", "filled_event", "filled_shortly", "telling"]
