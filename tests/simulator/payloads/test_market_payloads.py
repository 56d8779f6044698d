from connector.simulator.market.orders import BUY, SELL
from connector.simulator.market.tape import AggregateTrade, PublicTrade
from connector.simulator.payloads import market_payloads
from tests.companions.simulator.traders import START_MS, Desk

TRADE = PublicTrade(7, 600_001, 12, START_MS, buyer_is_maker=True)


def desk() -> Desk:
    made = Desk()
    trader = made.trader()
    trader.limit(BUY, "0.01", "60000")
    trader.limit(BUY, "0.02", "59999.9")
    trader.limit(SELL, "0.03", "60001")
    return made


def test_a_snapshot_has_the_books_id_and_its_best_levels_first() -> None:
    listing = desk().listing
    snapshot = market_payloads.depth(listing, 1, START_MS)
    assert snapshot == {
        "lastUpdateId": listing.book.update_id,
        "E": START_MS,
        "T": START_MS,
        "bids": [["60000.00", "0.010"]],
        "asks": [["60001.00", "0.030"]],
    }


def test_a_depth_frame_tells_family_and_pair() -> None:
    frame = market_payloads.depth_update(desk().listing.instrument, (3, 5, 2), [(599_999, 0)], [], START_MS)
    assert frame == {
        "e": "depthUpdate",
        "E": START_MS,
        "T": START_MS,
        "s": "BTCUSDT",
        "ps": "BTCUSDT",
        "U": 3,
        "u": 5,
        "pu": 2,
        "b": [["59999.90", "0.000"]],
        "a": [],
        "st": 1,
    }


def test_the_ticker_shares_the_books_ids() -> None:
    listing = desk().listing
    frame, row = market_payloads.book_ticker(listing, START_MS), market_payloads.book_ticker_row(listing, START_MS)
    assert frame["u"] == row["lastUpdateId"] == listing.book.update_id
    assert [frame[name] for name in "bBaA"] == ["60000.00", "0.010", "60001.00", "0.030"]
    assert set(frame) == {"e", "u", "s", "ps", "b", "B", "a", "A", "T", "E", "st"}


def test_an_empty_side_is_told_as_zeros() -> None:
    frame = market_payloads.book_ticker(Desk().listing, START_MS)
    assert [frame[name] for name in "bBaA"] == ["0.00", "0.000", "0.00", "0.000"]


def test_trades_are_told_single_and_aggregated() -> None:
    instrument = Desk().listing.instrument
    aggregate = AggregateTrade(3, 50, 600_001, 12, 10, 7, 8, START_MS, buyer_is_maker=True)
    assert market_payloads.trade_row(TRADE, instrument)["quoteQty"] == "720.00"
    event = market_payloads.trade_event(TRADE, instrument, START_MS)
    assert (event["p"], event["q"], event["t"], event["m"]) == ("60000.10", "0.012", 7, True)
    frame = market_payloads.aggregate_event(aggregate, instrument, START_MS + 1)
    assert set(frame) == {"e", "E", "s", "a", "p", "q", "nq", "f", "l", "T", "m", "st"}
    assert (frame["q"], frame["nq"], frame["f"], frame["l"]) == ("0.012", "0.010", 7, 8)


def test_the_mark_price_frame_tells_when_funding_comes() -> None:
    listing = Desk().listing
    frame = market_payloads.mark_price_update(listing, START_MS)
    assert set(frame) == {"e", "E", "s", "p", "ap", "i", "P", "r", "T", "st"}
    assert frame["T"] == listing.mark_price.next_funding_ms
    assert (frame["p"], frame["r"]) == ("60000.00000000", "0.00010000")
    assert market_payloads.premium_index(listing, START_MS)["lastFundingRate"] == "0.00010000"


def test_without_trades_the_price_is_the_mark() -> None:
    made = desk()
    assert market_payloads.price_row(made.listing, START_MS)["price"] == "60000.00"
    made.trader().limit(BUY, "0.01", "60001")
    assert market_payloads.price_row(made.listing, START_MS)["price"] == "60001.00"


def test_funding_rows_say_their_kind() -> None:
    made = Desk()
    row = market_payloads.funding_rate_row(made.engine.settle_funding(made.listing, START_MS, START_MS))
    assert row == {
        "symbol": "BTCUSDT",
        "fundingTime": START_MS,
        "fundingRate": "0.00010000",
        "markPrice": "60000.00000000",
        "rateType": "Regular",
    }
    assert market_payloads.funding_info_row(made.listing)["adjustedFundingRateFloor"] == "-0.02000000"
