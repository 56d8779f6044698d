from connector.simulator.accounts.positioning import MOST_AT_ONCE, keep_positioning, positioning_of
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.market.positioning_history import SHORTEST_MS
from tests.companions.simulator.traders import BTC, START_MS, Desk


def test_accounts_count_by_the_side_they_hold_and_the_top_ones_apart() -> None:
    desk = Desk()
    maker = desk.trader("10000000")
    takers = [desk.trader(deposit) for deposit in ("500000", "90000", "80000", "70000", "60000", "50000")]
    maker.limit(SELL, "1", "60000")
    for taker in takers:
        taker.market(BUY, "0.1")
    found = positioning_of(desk.listing, desk.engine.clearing.holders[BTC].values(), START_MS)
    assert (found.open_lots, found.long_accounts, found.short_accounts) == (600, 6, 1)
    # Of seven holders five are top ones: the maker, and the takers with the four greatest wallets.
    assert (found.top_long_accounts, found.top_short_accounts) == (4, 1)
    assert (found.top_long_lots, found.top_short_lots) == (400, 600)
    assert found.last_e8 == 60_000 * 10**8


def test_of_many_holders_a_fifth_are_top_ones() -> None:
    desk = Desk()
    maker = desk.trader("10000000")
    takers = [desk.trader(str(100_000 - number)) for number in range(29)]
    maker.limit(SELL, "3", "60000")
    for taker in takers:
        taker.market(BUY, "0.1")
    found = positioning_of(desk.listing, desk.engine.clearing.holders[BTC].values(), START_MS)
    assert (found.top_long_accounts, found.top_short_accounts) == (5, 1)


def test_nobody_holds_what_nobody_traded() -> None:
    found = positioning_of(Desk().listing, (), START_MS)
    assert (found.open_lots, found.top_long_accounts, found.top_short_accounts, found.top_long_lots) == (0, 0, 0, 0)


def test_a_hedged_account_counts_by_what_outweighs_and_with_both_its_sides() -> None:
    desk = Desk()
    maker, hedger = desk.trader(), desk.trader()
    desk.engine.set_hedge(hedger.id, True)
    maker.limit(SELL, "0.3", "60000")
    hedger.market(BUY, "0.3", position_side="LONG")
    maker.limit(BUY, "0.1", "60000")
    hedger.market(SELL, "0.1", position_side="SHORT")
    found = positioning_of(desk.listing, desk.engine.clearing.holders[BTC].values(), START_MS)
    assert (found.open_lots, found.long_accounts, found.short_accounts) == (300, 1, 1)


def test_a_period_that_ended_is_kept_as_it_stood_then() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    desk.engine.advance(desk.now_ms)
    maker.limit(SELL, "0.2", "60000")
    taker.market(BUY, "0.2")
    desk.now_ms += SHORTEST_MS
    desk.engine.advance(desk.now_ms)
    (row,) = desk.listing.positioning.rows["5m"]
    assert (row.open_lots, row.time_ms) == (200, START_MS - START_MS % SHORTEST_MS)


def test_many_contracts_take_turns() -> None:
    listings = [Desk().listing for _ in range(MOST_AT_ONCE + 5)]
    for left in (5, 0):
        keep_positioning(listings, {}, START_MS)
        assert sum(listing.positioning.is_due(START_MS) for listing in listings) == left
