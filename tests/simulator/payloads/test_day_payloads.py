from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads.day_payloads import day_row, mini_ticker, ticker
from tests.companions.simulator.callers import names
from tests.companions.simulator.traders import START_MS, Desk


def traded() -> Desk:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    for price in ("60000", "60300", "60150"):
        maker.limit(SELL, "0.01", price)
        taker.market(BUY, "0.01")
    return desk


def test_a_day_has_change_average_and_extremes() -> None:
    row = day_row(traded().listing, START_MS)
    names = "priceChange priceChangePercent weightedAvgPrice lastPrice lastQty openPrice highPrice lowPrice volume"
    assert [row[name] for name in (*names.split(), "quoteVolume", "count")] == [
        "150.00", "0.250", "60150.00", "60150.00", "0.010", "60000.00", "60300.00", "60000.00", "0.030",
        "1804.50000", 3,
    ]  # fmt: skip
    assert set(row) == {
        *names.split(), "symbol", "quoteVolume", "openTime", "closeTime", "firstId", "lastId", "count",
    }  # fmt: skip


def test_the_stream_tells_the_same_day() -> None:
    listing = traded().listing
    frame, mini, row = ticker(listing, START_MS), mini_ticker(listing, START_MS), day_row(listing, START_MS)
    assert set(frame) == names("e E s ps p P w c Q o h l v q O C F L n st")
    assert set(mini) == names("e E s ps c o h l v q st")
    assert [frame[name] for name in "pPwcQohlvqn"] == [
        row[name]
        for name in (
            "priceChange", "priceChangePercent", "weightedAvgPrice", "lastPrice", "lastQty", "openPrice", "highPrice",
            "lowPrice", "volume", "quoteVolume", "count",
        )
    ]  # fmt: skip
    assert all(mini[name] == frame[name] for name in set(mini) - {"e"})


def test_before_the_first_trade_the_day_is_flat_at_the_mark() -> None:
    row = day_row(Desk().listing, START_MS)
    assert (row["lastPrice"], row["volume"], row["count"], row["firstId"]) == ("60000.00", "0.000", 0, -1)
    assert row["priceChangePercent"] == "0.000"
