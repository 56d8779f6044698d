"""A venue is a market row and an account row."""

from connector.venue.contracts import LINEAR
from connector.venue.markets import USDM_ACCOUNT, USDM_MARKET


def test_books_and_mark_prices_come_by_different_routes() -> None:
    assert (USDM_MARKET.depth_route, USDM_MARKET.mark_price_route, USDM_ACCOUNT.user_route) == (
        "public",
        "market",
        "private",
    )


def test_the_market_is_linear() -> None:
    assert USDM_MARKET.contract is LINEAR
