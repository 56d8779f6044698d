import pytest

from connector.simulator.access.bans import OFFENCES_TO_A_BAN
from connector.simulator.access.rate_limits import (
    FUNDING,
    MOST_ADDRESSES,
    STATISTICS,
    WEIGHT,
    RateLimits,
    Window,
    wallet_account_limit,
    wallet_limit,
)
from connector.simulator.errors import VenueError

MINUTE_MS = 60_000


def test_a_window_begins_anew_on_the_clock() -> None:
    window = Window(10_000)
    assert [window.add(1, ms) for ms in (0, 9_999, 10_000)] == [1, 2, 1]
    assert window.left_s(12_500) == 8


def test_weight_beyond_the_minute_is_refused_with_the_seconds_to_wait() -> None:
    limits = RateLimits(enforced=True)
    assert limits.spend(WEIGHT, 2_400, 5 * MINUTE_MS) == 2_400
    with pytest.raises(VenueError) as refusal:
        limits.spend(WEIGHT, 1, 5 * MINUTE_MS + 45_000)
    assert (refusal.value.code, refusal.value.status, refusal.value.retry_after_s) == (-1003, 429, 15)
    assert limits.spend(WEIGHT, 1, 6 * MINUTE_MS) == 1


def test_funding_queries_have_five_minutes_of_their_own() -> None:
    limits = RateLimits(enforced=True)
    limits.spend(WEIGHT, 2_400, 0)
    for count in range(1, 501):
        assert limits.spend(FUNDING, 1, 4 * MINUTE_MS) == count
    with pytest.raises(VenueError, match="500 requests per 5 minutes") as refusal:
        limits.spend(FUNDING, 1, 4 * MINUTE_MS)
    assert (refusal.value.code, refusal.value.retry_after_s) == (-1003, 60)
    assert limits.spend(WEIGHT, 1, 4 * MINUTE_MS) == 1


def test_orders_are_counted_per_account_in_both_windows() -> None:
    limits = RateLimits(enforced=True)
    for _ in range(300):
        limits.spend_orders(1, 0)
    with pytest.raises(VenueError) as refusal:
        limits.spend_orders(1, 0)
    assert (refusal.value.code, refusal.value.status, refusal.value.retry_after_s) == (-1015, 429, 10)
    limits.spend_orders(2, 0)
    assert limits.orders_used(2, 0) == (1, 1)
    assert limits.orders_used(1, 10_000) == (0, 301)


def test_the_minute_bounds_orders_too() -> None:
    limits = RateLimits(enforced=True)
    for number in range(1_200):
        limits.spend_orders(1, number // 300 * 10_000)
    with pytest.raises(VenueError, match="MINUTE"):
        limits.spend_orders(1, 50_000)


def test_what_is_used_is_told_beside_each_limit() -> None:
    limits = RateLimits(enforced=True)
    limits.spend(WEIGHT, 40, 1, "10.0.0.1")
    limits.spend_orders(1, 1, tens=5, minute=1)
    limits.spend_orders(1, 10_001)
    (weight,) = limits.told(10_001, "10.0.0.1", None)
    assert weight == {**limits.weight_limit(), "count": 40}
    tens, minute = limits.order_limits()
    assert limits.told(10_001, "10.0.0.1", 1) == [{**tens, "count": 1}, {**minute, "count": 2}, weight]
    assert "count" not in limits.weight_limit()


def test_limits_that_are_off_still_count() -> None:
    limits = RateLimits(enforced=False)
    assert limits.spend(WEIGHT, 9_000, 0) == 9_000
    for _ in range(400):
        limits.spend_orders(1, 0)
    assert limits.orders_used(1, 0) == (400, 400)


def test_each_address_has_a_weight_of_its_own() -> None:
    limits = RateLimits(enforced=True)
    limits.spend(WEIGHT, 2_400, 0, "127.0.0.1")
    assert limits.spend(WEIGHT, 5, 0, "127.0.0.2") == 5
    assert limits.used(WEIGHT, 0, "127.0.0.1") == 2_400


def test_addresses_without_end_are_not_kept() -> None:
    limits = RateLimits(enforced=True)
    for number in range(MOST_ADDRESSES + 1):
        limits.spend(WEIGHT, 1, 0, str(number))
    assert limits.used(WEIGHT, 0, "0") == 0
    assert limits.used(WEIGHT, 0, str(MOST_ADDRESSES)) == 1


def test_limits_can_be_so_many_times_the_venues() -> None:
    limits = RateLimits(enforced=True, times=0.01)
    assert limits.weight_limit()["limit"] == 24
    assert [row["limit"] for row in limits.order_limits()] == [3, 12]
    for _ in range(3):
        limits.spend_orders(1, 0)
    with pytest.raises(VenueError, match="current limit is 3 orders per TEN_SECONDS"):
        limits.spend_orders(1, 0)
    with pytest.raises(VenueError, match="is 24 requests per minute"):
        limits.spend(WEIGHT, 25, 0)


def test_a_batch_counts_more_in_ten_seconds_than_in_the_minute() -> None:
    limits = RateLimits(enforced=True)
    limits.spend_orders(1, 0, tens=5, minute=1)
    assert limits.orders_used(1, 0) == (5, 1)


def test_who_goes_on_after_a_429_is_banned_and_told_until_when() -> None:
    limits = RateLimits(enforced=True)
    for _ in range(OFFENCES_TO_A_BAN + 1):
        limits.check_ban("127.0.0.1", 1_000)
        limits.offend("127.0.0.1", 1_000)
    with pytest.raises(VenueError, match="banned until 121000") as refusal:
        limits.check_ban("127.0.0.1", 1_000)
    assert (refusal.value.code, refusal.value.status) == (-1003, 418)
    limits.check_ban("127.0.0.2", 1_000)
    limits.check_ban("127.0.0.1", 121_000)


def test_the_wallets_paths_and_the_statistics_have_pools_of_their_own() -> None:
    limits = RateLimits(enforced=True)
    one, other, by_account = wallet_limit(), wallet_limit(), wallet_account_limit()
    assert limits.spend(one, 12_000, 0) == 12_000
    with pytest.raises(VenueError, match="12000 requests per minute"):
        limits.spend(one, 1, 0)
    assert (limits.spend(other, 60, 0), limits.spend(STATISTICS, 1, 0)) == (60, 1)
    assert limits.spend(by_account, 300, 0, "account 1") == 300
    assert limits.used(by_account, 0, "account 2") == 0
