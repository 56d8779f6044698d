"""Close semantics: one table, every combination; and the ids of the venue's own orders."""

from itertools import product

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode, PositionSide, TradeType
from connector.core.order_ends import VenueAct
from connector.venue.order_fields import CLOSE_SEMANTICS, ORDER_TYPES, SYSTEM_ORDER_PREFIXES


def test_the_table_is_complete() -> None:
    assert set(CLOSE_SEMANTICS) == set(product(PositionMode, PositionAction, TradeType))


@pytest.mark.parametrize("side", TradeType)
def test_one_way_closes_are_reduce_only_and_hedge_closes_never(side: TradeType) -> None:
    for mode, action in product(PositionMode, PositionAction):
        fields = CLOSE_SEMANTICS[mode, action, side]
        is_one_way_close = mode is PositionMode.ONEWAY and action is PositionAction.CLOSE
        assert fields.reduce_only is is_one_way_close
        assert (fields.position_side is PositionSide.BOTH) is (mode is PositionMode.ONEWAY)


def test_a_hedge_close_names_the_position_that_it_reduces() -> None:
    hedge, close = PositionMode.HEDGE, PositionAction.CLOSE
    assert CLOSE_SEMANTICS[hedge, close, TradeType.SELL].position_side is PositionSide.LONG
    assert CLOSE_SEMANTICS[hedge, close, TradeType.BUY].position_side is PositionSide.SHORT


def test_post_only_is_a_time_in_force() -> None:
    assert (ORDER_TYPES[OrderType.LIMIT_MAKER].type, ORDER_TYPES[OrderType.LIMIT_MAKER].time_in_force) == (
        "LIMIT",
        "GTX",
    )
    assert ORDER_TYPES[OrderType.MARKET].time_in_force is None


def test_of_the_venues_own_orders_each_kind_means_an_act_of_its_own() -> None:
    found = {act: [name for name, each in SYSTEM_ORDER_PREFIXES.items() if each is act] for act in VenueAct}
    assert found == {
        VenueAct.LIQUIDATION: ["autoclose-"],
        VenueAct.AUTO_DELEVERAGING: ["adl_autoclose"],
        VenueAct.SETTLEMENT: ["settlement_autoclose-", "delivery_autoclose-"],
    }
