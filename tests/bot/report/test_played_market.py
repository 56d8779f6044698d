"""A dry run and a rehearsal are told apart, and from a run."""

from connector.bot.report.played_market import played_market


def test_each_says_what_it_is_and_whose_market_it_has() -> None:
    assert played_market("", is_rehearsal=False) == ""
    assert played_market("binance_perpetual", is_rehearsal=False) == "DRY RUN on the data of binance_perpetual"
    assert played_market("capture.gz", is_rehearsal=True) == "REHEARSAL on capture.gz"
