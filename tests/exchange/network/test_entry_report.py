"""What became of the way of orders."""

import asyncio
from decimal import Decimal

import pytest

from connector.core.enums import OrderType
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.entry_report import entry_report
from tests.companions.local_trading import PAIR

D = Decimal


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_refusals_and_pauses_are_counted_with_their_reasons(connector: PerpetualDerivative) -> None:
    assert entry_report(connector.components).to_json() == {"refusals": {}, "pauses": [], "kept_back": 0}
    for _ in range(5):
        connector.buy(PAIR, D("90"), OrderType.LIMIT, D(59_000))
        await asyncio.sleep(0.1)
    connector.openings.shut("the desk")
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT, D(59_000))
    await asyncio.sleep(0.1)
    row = entry_report(connector.components).to_json()
    assert row["refusals"]["-2019"]["count"] == 3
    assert row["kept_back"] == 3
    assert [(pause["of"], pause["code"], pause["times"], pause["is_on"]) for pause in row["pauses"]] == [
        ("the account", -2019, 1, True),
        ("all pairs", 0, 1, True),
    ]
    connector.openings.release("the desk")
    assert [pause.is_on for pause in entry_report(connector.components).pauses] == [True, False]
