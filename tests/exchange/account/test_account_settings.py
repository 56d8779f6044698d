from decimal import Decimal

import pytest

from connector.core.enums import PositionMode
from connector.core.faults import ConfigFault, ConnectorFault
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR


async def test_what_is_set_is_read_back_and_the_gate_holds_again(connector: PerpetualDerivative) -> None:
    await connector.set_leverage(PAIR, 7)
    await connector.set_position_mode(PositionMode.HEDGE)
    assert (connector.get_leverage(PAIR), connector.position_mode) == (7, PositionMode.HEDGE)
    assert connector.ready


async def test_after_a_refusal_what_was_in_force_still_is_and_trading_goes_on(connector: PerpetualDerivative) -> None:
    before = connector.get_leverage(PAIR)
    with pytest.raises(ConfigFault, match="leverage: 126"):
        await connector.set_leverage(PAIR, 126)
    assert connector.ready
    assert connector.get_leverage(PAIR) == before


async def test_while_nobody_knows_what_is_in_force_the_gate_stays_shut_and_tells_why(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    await venue.stop()
    with pytest.raises(ConnectorFault) as unknown:
        await connector.set_leverage(PAIR, 9)
    gate = connector.status_report[gates.LEVERAGE]
    assert (gate.holds, gate.last_error) == (False, str(unknown.value))


async def test_a_leverage_that_the_brackets_do_not_allow_is_refused_before_anything_is_set(
    connector: PerpetualDerivative,
) -> None:
    with pytest.raises(ConfigFault, match="leverage: 126: the highest bracket of BTC-USDT allows"):
        await connector.check_leverage(PAIR, 126, Decimal(0))
    assert connector.ready
