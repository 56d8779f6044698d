"""Words of the account book, as the venue's documents spell them."""

from connector.venue.income_kinds import FUNDING_FEE, OF_TRADES


def test_funding_is_no_line_of_a_trade() -> None:
    assert FUNDING_FEE == "FUNDING_FEE"
    assert FUNDING_FEE not in OF_TRADES
