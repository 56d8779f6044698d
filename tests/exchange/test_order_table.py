"""Each order of the table leaves with exactly the parameters that stand there."""

from itertools import product

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode, TradeType
from tests.companions.orders.first_request import first_request, first_ws_request
from tests.companions.orders.order_table import CASES, Case

#: When it was sent, how long it may take, its proof, and its name: of each order its own.
OWN = {"timestamp", "recvWindow", "signature", "apiKey", "newClientOrderId", "clientAlgoId"}


def test_the_table_speaks_of_every_mode_action_side_and_type_once() -> None:
    whole = [(row.mode, row.action, row.side, row.order_type) for row in CASES if not row.terms.options.close_position]
    assert sorted(map(str, whole)) == sorted(map(str, product(PositionMode, PositionAction, TradeType, OrderType)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_an_order_is_sent_with_these_parameters(case: Case) -> None:
    sent = await first_request(case.ask)
    assert (sent.method, sent.path) == ("POST", case.path)
    assert {name: value for name, value in sent.params.items() if name not in OWN} == case.sent
    assert ("clientAlgoId" in sent.params, "newClientOrderId" in sent.params) == (
        case.order_type.is_conditional, not case.order_type.is_conditional,
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_it_is_sent_with_the_same_over_the_ws_api(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    method, params = await first_ws_request(case.ask, monkeypatch)
    assert method == ("algoOrder.place" if case.order_type.is_conditional else "order.place")
    assert {name: value for name, value in params.items() if name not in OWN} == case.sent
