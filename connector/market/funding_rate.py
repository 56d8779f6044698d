"""A contract's funding: mark price, forecast, interval and the rates that were settled."""

from connector.market.twins import FundingRate

__all__ = ["FundingRate"]
