"""Requests that need not wait: the twin that is in use, by the rule of `core/twins.py`."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.net.limits.plain.at_once import ticket_at_once
else:
    from connector.net.limits.compiled.at_once import ticket_at_once

__all__ = ["ticket_at_once"]
