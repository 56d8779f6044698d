"""The margin book: the twin that is in use, by the rule of `core/twins.py`; type checkers read the plain one."""

from typing import TYPE_CHECKING

from connector.account.plain.margin_book import BOTH, LONG, NO_CAP, SHORT, Need
from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.account.plain.margin_book import AssetSum, PairSums
else:
    from connector.account.compiled.margin_book import AssetSum, PairSums

__all__ = ["BOTH", "LONG", "NO_CAP", "SHORT", "AssetSum", "Need", "PairSums"]
