from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from connector.account.brackets import bracket_for, brackets_of, maintenance_e8, max_notional_e8, obeys_recurrence
from connector.core.amounts import E8

D = Decimal
TABLE = brackets_of([(125, D(50_000), D("0.004")), (100, D(600_000), D("0.005")), (50, D(3_000_000), D("0.01"))])


def test_cums_follow_the_recurrence() -> None:
    """50 = 50,000 x (0.5 % - 0.4 %); 3,050 = 50 + 600,000 x (1 % - 0.5 %)."""
    assert [row.cum_e8 for row in TABLE] == [0, 50 * E8, 3_050 * E8]
    assert obeys_recurrence(TABLE)


@pytest.mark.parametrize("change", [{"cum_e8": 51 * E8}, {"floor_e8": 49_999 * E8}])
def test_a_table_that_breaks_the_recurrence_is_seen(change: dict[str, int]) -> None:
    assert not obeys_recurrence((TABLE[0], replace(TABLE[1], **change), TABLE[2]))
    assert not obeys_recurrence((replace(TABLE[0], cum_e8=1), *TABLE[1:]))


def test_a_cap_belongs_to_its_bracket_and_what_is_beyond_all_to_the_last() -> None:
    assert bracket_for(TABLE, 50_000 * E8) is TABLE[0]
    assert bracket_for(TABLE, 50_000 * E8 + 1) is TABLE[1]
    assert bracket_for(TABLE, 10**9 * E8) is TABLE[2]


def test_maintenance_is_continuous_where_brackets_join() -> None:
    for low, high in pairwise(TABLE):
        assert low.maintenance_e8(low.cap_e8) == high.maintenance_e8(high.floor_e8)


def test_maintenance_of_a_notional() -> None:
    """100,000 x 0.5 % - 50."""
    assert maintenance_e8(TABLE, 100_000 * E8) == 450 * E8
    assert maintenance_e8(TABLE, 0) == 0


@pytest.mark.parametrize(("leverage", "most"), [(125, 50_000), (101, 50_000), (100, 600_000), (1, 3_000_000), (126, 0)])
def test_the_most_at_a_leverage_is_the_cap_of_the_highest_bracket_that_has_it(leverage: int, most: int) -> None:
    assert max_notional_e8(TABLE, leverage) == most * E8
