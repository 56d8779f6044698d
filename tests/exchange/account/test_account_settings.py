from decimal import Decimal

import pytest

from connector.core.enums import PositionMode
from connector.core.faults import ConfigFault
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR


async def test_what_is_set_is_read_back_and_the_gate_holds_again(connector: PerpetualDerivative) -> None:
    await connector.set_leverage(PAIR, 7)
    await connector.set_position_mode(PositionMode.HEDGE)
    assert (connector.get_leverage(PAIR), connector.position_mode) == (7, PositionMode.HEDGE)
    assert connector.ready


async def test_a_refusal_stands_at_the_gate_that_stays_shut(connector: PerpetualDerivative) -> None:
    with pytest.raises(ConfigFault, match="leverage: 126") as refused:
        await connector.set_leverage(PAIR, 126)
    assert not connector.ready
    assert connector.status_report[gates.LEVERAGE].last_error == str(refused.value)


async def test_a_leverage_that_the_brackets_do_not_allow_is_refused_before_anything_is_set(
    connector: PerpetualDerivative,
) -> None:
    with pytest.raises(ConfigFault, match="leverage: 126: the highest bracket of BTC-USDT allows"):
        await connector.check_leverage(PAIR, 126, Decimal(0))
    assert connector.ready
