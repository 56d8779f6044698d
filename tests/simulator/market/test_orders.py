import pytest

from connector.simulator.market.orders import BOTH, BUY, LONG, SELL, SHORT, opens
from tests.companions.simulator.traders import Desk


def test_an_order_counts_what_is_still_open() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    order = maker.limit(BUY, "0.01", "60000")
    taker.limit(-BUY, "0.004", "60000")
    assert (order.lots, order.filled_lots, order.open_lots, order.is_open) == (10, 4, 6, True)
    taker.limit(-BUY, "0.006", "60000")
    assert (order.open_lots, order.is_open, order.rests) == (0, False, False)


@pytest.mark.parametrize(
    ("side", "position_side", "could_open"),
    [
        (BUY, BOTH, True),
        (SELL, BOTH, True),
        (BUY, LONG, True),
        (SELL, LONG, False),
        (SELL, SHORT, True),
        (BUY, SHORT, False),
    ],
)
def test_in_hedge_mode_an_order_opens_in_its_position_sides_direction_alone(
    side: int, position_side: str, could_open: bool
) -> None:
    assert opens(side, position_side) is could_open
