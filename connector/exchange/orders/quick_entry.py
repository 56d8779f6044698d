"""An order's, a change's or a cancel's way in one call: the twin that is in use, by the rule of `core/twins.py`."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED
from connector.exchange.orders.plain.quick_entry import EntryParts

if TYPE_CHECKING or not COMPILED:
    from connector.core.intents import OrderIntent as new_intent
    from connector.exchange.orders.plain.quick_entry import QuickEntry, QuickWishes
else:
    from connector.exchange.orders.compiled.quick_entry import QuickEntry, new_intent
    from connector.exchange.orders.compiled.quick_wishes import QuickWishes

__all__ = ["EntryParts", "QuickEntry", "QuickWishes", "new_intent"]
