import pytest

from connector.core.enums import MarginType, PositionMode
from connector.core.faults import ArgumentFault
from connector.core.interface import Exchange
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR


async def test_the_accounts_set_up_is_called_by_the_interface_alone(connector: PerpetualDerivative) -> None:
    exchange: Exchange = connector
    await exchange.set_margin_type(PAIR, MarginType.ISOLATED)
    await exchange.set_leverage(PAIR, 7)
    await exchange.set_position_mode(PositionMode.HEDGE)
    assert exchange.get_margin_type(PAIR) is MarginType.ISOLATED
    assert (exchange.get_leverage(PAIR), exchange.position_mode) == (7, PositionMode.HEDGE)


async def test_a_pair_that_is_not_traded_is_refused_by_name(connector: PerpetualDerivative) -> None:
    with pytest.raises(ArgumentFault, match="DOGE-USDT"):
        connector.get_margin_type("DOGE-USDT")
    with pytest.raises(ArgumentFault, match="DOGE-USDT"):
        await connector.set_margin_type("DOGE-USDT", MarginType.ISOLATED)
