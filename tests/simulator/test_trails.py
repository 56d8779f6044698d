from connector.simulator.accounts.wallets import SPOT
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.trails import FIRST_EVERY_MS, INDEX, MARK, MID, MOST_ACCOUNTS, MOST_MOMENTS, RESULT, Trails
from tests.companions.simulator.traders import BTC, START_MS, Desk


def test_a_moment_is_taken_when_one_is_due() -> None:
    trails = Trails(Desk().engine)
    for ms in (0, 50, FIRST_EVERY_MS - 1, FIRST_EVERY_MS, FIRST_EVERY_MS + 10):
        trails.tick(START_MS + ms)
    assert trails.times_ms == [START_MS, START_MS + FIRST_EVERY_MS]
    assert trails.line(MARK, BTC) == trails.line(INDEX, BTC) == [60_000.0, 60_000.0]


def test_the_middle_of_an_empty_book_is_not_known() -> None:
    desk = Desk()
    trails = Trails(desk.engine)
    trails.tick(START_MS)
    trader = desk.trader()
    trader.limit(BUY, "0.01", "59990")
    trader.limit(SELL, "0.01", "60000")
    trails.tick(START_MS + FIRST_EVERY_MS)
    assert trails.line(MID, BTC) == [None, 59_995.0]


def test_an_account_has_a_line_from_when_it_was_opened() -> None:
    desk = Desk()
    trails = Trails(desk.engine)
    trails.tick(START_MS)
    trader = desk.trader("500")
    trails.tick(START_MS + FIRST_EVERY_MS)
    assert trails.followed() == [str(trader.id)]
    assert trails.line(RESULT, str(trader.id)) == [None, 0.0]


def test_what_is_transferred_is_no_result_and_what_is_earned_is() -> None:
    desk = Desk()
    maker, taker = desk.trader("100000"), desk.trader("100000")
    trails = Trails(desk.engine)
    maker.limit(SELL, "1", "60000")
    taker.market(BUY, "1")
    desk.engine.transfer(taker.id, 2 * E8, START_MS, "BTC")
    trails.tick(START_MS)
    desk.engine.transfer(taker.id, -1_000 * E8, START_MS, "USDT")
    desk.engine.transfer(taker.id, 7 * E8, START_MS, "USDT", SPOT)
    assert trails.results_e8() == {str(maker.id): -12 * E8, str(taker.id): -30 * E8}
    desk.engine.fix_mark(BTC, 60_100 * E8)
    trails.tick(START_MS + FIRST_EVERY_MS)
    assert trails.line(RESULT, str(taker.id)) == [-30.0, 70.0]
    assert trails.line(RESULT, str(maker.id)) == [-12.0, -112.0]


def test_what_transferred_coins_gain_is_a_result_of_their_holder() -> None:
    desk = Desk()
    trader = desk.trader("1000")
    trails = Trails(desk.engine)
    desk.engine.transfer(trader.id, 2 * E8, START_MS, "BTC")
    trails.tick(START_MS)
    desk.listing.mark_price.index_e8 = 61_000 * E8
    assert trails.results_e8() == {str(trader.id): 2_000 * E8}


def test_an_account_from_before_begins_at_nothing() -> None:
    desk = Desk()
    maker, taker = desk.trader("100000"), desk.trader("100000")
    maker.limit(SELL, "1", "60000")
    taker.market(BUY, "1")
    trails = Trails(desk.engine)
    desk.engine.transfer(taker.id, 500 * E8, START_MS, "USDT")
    assert trails.results_e8() == {str(maker.id): 0, str(taker.id): 0}


def test_so_many_accounts_are_followed() -> None:
    desk = Desk()
    for _ in range(MOST_ACCOUNTS + 3):
        desk.trader()
    trails = Trails(desk.engine)
    trails.tick(START_MS)
    assert len(trails.followed()) == MOST_ACCOUNTS


def test_the_whole_life_is_covered_and_never_by_more_than_the_bound() -> None:
    trails = Trails(Desk().engine)
    for number in range(10 * MOST_MOMENTS):
        trails.tick(START_MS + number * FIRST_EVERY_MS)
        assert len(trails.times_ms) <= MOST_MOMENTS
        assert len(trails.line(MARK, BTC)) == len(trails.times_ms)
    assert trails.times_ms[0] == START_MS
    assert trails.times_ms[-1] > START_MS + (10 * MOST_MOMENTS - 20) * FIRST_EVERY_MS
    assert len({after - before for before, after in zip(trails.times_ms, trails.times_ms[1:], strict=False)}) == 1


def test_a_clock_that_steps_back_takes_away_what_lies_ahead() -> None:
    trails = Trails(Desk().engine)
    for number in range(5):
        trails.tick(START_MS + number * FIRST_EVERY_MS)
    trails.tick(START_MS + 1_500)
    assert trails.times_ms == [START_MS, START_MS + 1_000]
    trails.tick(START_MS + 2_000)
    assert trails.times_ms == [START_MS, START_MS + 1_000, START_MS + 2_000]
    assert len(trails.line(MARK, BTC)) == 3
