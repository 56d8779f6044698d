import pytest

from connector.simulator.background import flow_model as flow
from connector.simulator.background.flow_model import Quantiles
from tests.bench.adverse_selection import Drift
from tests.bench.market_model import MOST_DISTANCE, Likeness, market_model
from tests.companions.places import RECORDED_2024

TABLES = [value for value in vars(flow).values() if isinstance(value, Quantiles)]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_covers_every_share_and_never_falls(table: Quantiles) -> None:
    values = [table.at(nth / 1000) for nth in range(1001)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (table.rows[0][1], table.rows[-1][1])


def test_between_two_rows_it_goes_straight() -> None:
    table = Quantiles(((0.0, 10.0), (0.5, 20.0), (1.0, 40.0)))
    assert [table.at(share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)] == [10.0, 15.0, 20.0, 30.0, 40.0]


def test_three_trades_of_four_come_together_with_the_one_before() -> None:
    gaps = [int(flow.TRADE_GAP_MS.at(nth / 10_000)) for nth in range(10_000)]
    assert 0.74 < gaps.count(0) / len(gaps) < 0.76
    assert 14 < sum(gaps) / len(gaps) < 18, "about sixty trades a second"


@pytest.mark.skipif(not RECORDED_2024.exists(), reason="the recording is not beside the project")
@pytest.mark.timeout(300)
def test_the_market_made_from_the_tables_is_like_the_recorded_one() -> None:
    rows = list(market_model(seed=12, seeds=3))
    likenesses = [row for row in rows if isinstance(row, Likeness)]
    assert {row.name: row.distance for row in likenesses if row.distance > MOST_DISTANCE} == {}
    assert len(likenesses) == 7
    assert all(row.simulated_count > 0.9 * row.recorded_count for row in likenesses)
    drifts = [row for row in rows if isinstance(row, Drift)]
    assert [row.after_s for row in drifts] == [1, 5, 30]
    assert [row.line() for row in drifts if not row.is_within] == []
    assert all(row.simulated_mean > 0 for row in drifts)
