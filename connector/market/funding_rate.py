"""Chooses the funding rate: the compiled twin where it was built, the plain one else or with `CONNECTOR_PLAIN=1`."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.environ.get("CONNECTOR_PLAIN") == "1":
    from connector.market._funding_rate_py import FundingRate
else:
    try:
        from connector.market._funding_rate_c import FundingRate
    except ImportError:
        from connector.market._funding_rate_py import FundingRate

COMPILED: bool = FundingRate.__module__.endswith("_c")

__all__ = ["COMPILED", "FundingRate"]
