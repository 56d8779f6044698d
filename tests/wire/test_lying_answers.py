"""Every field of every answer and event, with every lie: a value that can be used, or a fault of ours."""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from connector.core.faults import UnreadableFault
from connector.core.figures import LEAST_MAGNITUDE, MOST_ID, MOST_LETTERS, MOST_MAGNITUDE
from connector.core.reports import ReportSource
from connector.core.secrets import Secret
from connector.wire import account_replies, algo_replies, depth_replies, funding_replies, order_replies, trade_replies
from connector.wire.instruments import instruments
from connector.wire.user_events import UserEventReader
from tests.companions.flows.lies import LIES, fields, told_with
from tests.wire.test_algo_replies import EVENT, ROW
from tests.wire.test_instruments import info, symbol_row
from tests.wire.test_order_replies import ACK, TRADE
from tests.wire.test_user_events import ORDER

SYMBOL = "BTCUSDT"
POSITION = {
    "symbol": SYMBOL, "positionSide": "BOTH", "positionAmt": "0.001", "entryPrice": "60000", "markPrice": "60001",
    "unRealizedProfit": "0.001", "liquidationPrice": "0", "isolatedMargin": "0", "isolatedWallet": "0",
    "updateTime": 1790000000000,
}  # fmt: skip
BRACKET = {"bracket": 1, "initialLeverage": 125, "notionalCap": 50000, "notionalFloor": 0, "maintMarginRatio": 0.004,
           "cum": 0.0}  # fmt: skip
INCOME = {"symbol": SYMBOL, "incomeType": "COMMISSION", "income": "-0.01", "asset": "USDT", "time": 1790000000000,
          "tranId": 5, "tradeId": "7"}  # fmt: skip
ACCOUNT = {"e": "ACCOUNT_UPDATE", "E": 2, "T": 1, "a": {"m": "ORDER",
           "B": [{"a": "USDT", "wb": "1", "cw": "1", "bc": "0"}],
           "P": [{"s": SYMBOL, "pa": "1", "ep": "6", "up": "0", "mt": "cross", "iw": "0", "ps": "BOTH"}]}}  # fmt: skip
READERS: dict[str, tuple[Callable[[bytes], Any], Any]] = {
    "exchange info": (instruments, json.loads(info(symbol_row()))),
    "ack": (lambda body: order_replies.order(body, ReportSource.ACK, SYMBOL, "b1-x"), ACK),
    "orders": (lambda body: order_replies.orders(body, ReportSource.QUERY), [ACK | {"avgPrice": "1"}]),
    "trades": (order_replies.trades, [TRADE]),
    "conditional order": (lambda body: algo_replies.algo_order(body, ReportSource.ACK, SYMBOL, "b1-x"), ROW),
    "conditional orders": (algo_replies.algo_orders, [ROW | {"actualOrderId": "8", "actualQty": "1"}]),
    "cancel of a conditional order": (
        lambda body: algo_replies.algo_cancelled(body, SYMBOL, "b1-x"),
        {"algoId": 7, "clientAlgoId": "b1-x", "code": "200", "msg": "success"},
    ),
    "event of a conditional order": (UserEventReader().read, EVENT),
    "balances": (
        account_replies.balances,
        [{"asset": "USDT", "balance": "1", "crossWalletBalance": "1", "availableBalance": "1"}],
    ),
    "positions": (account_replies.positions, [POSITION]),
    "account configuration": (
        account_replies.account_config,
        {"dualSidePosition": False, "multiAssetsMargin": False, "canTrade": True},
    ),
    "symbol configuration": (
        account_replies.symbol_configs,
        [{"symbol": SYMBOL, "leverage": 20, "maxNotionalValue": "1"}],
    ),
    "brackets": (
        lambda body: account_replies.leverage_brackets(body, SYMBOL),
        [{"symbol": SYMBOL, "notionalCoef": "1.5", "brackets": [BRACKET]}],
    ),
    "commission": (
        lambda body: account_replies.commission_rate(body, SYMBOL),
        {"symbol": SYMBOL, "makerCommissionRate": "0.0002", "takerCommissionRate": "0.0005"},
    ),
    "income": (account_replies.income, [INCOME]),
    "listen key": (account_replies.listen_key, {"listenKey": "abcdef"}),
    "depth": (depth_replies.last_update_id, {"lastUpdateId": 5}),
    "tickers": (depth_replies.last_update_ids, [{"symbol": SYMBOL, "lastUpdateId": 5}]),
    "statistics": (trade_replies.last_trade_ids, [{"symbol": SYMBOL, "lastId": 5}]),
    "funding info": (
        funding_replies.funding_adjustments,
        [{"symbol": SYMBOL, "fundingIntervalHours": 4, "adjustedFundingRateCap": "0.02"}],
    ),
    "settled rates": (
        funding_replies.settled_rates,
        [{"symbol": SYMBOL, "fundingTime": 1790000000000, "fundingRate": "0.0001"}],
    ),
    "order event": (UserEventReader().read, {"e": "ORDER_TRADE_UPDATE", "E": 2, "T": 1, "o": ORDER}),
    "account event": (UserEventReader().read, ACCOUNT),
    "configuration event": (
        UserEventReader().read,
        {"e": "ACCOUNT_CONFIG_UPDATE", "T": 1, "ac": {"s": SYMBOL, "l": 25}},
    ),
    "margin call": (UserEventReader().read, {"e": "MARGIN_CALL", "E": 3, "p": [{"s": SYMBOL}]}),
}


def figures_in(value: object) -> Iterable[object]:
    """Every figure and text that a report holds."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif is_dataclass(value):
        for field in fields_of(value):
            yield from figures_in(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from figures_in([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from figures_in(entry)
    else:
        yield value


def is_usable(figure: object) -> bool:
    match figure:
        case bool() | None | Enum():
            return True
        case Decimal():
            # Caps are multiplied by a coefficient: a product of two may be twice as long.
            return not figure or 2 * LEAST_MAGNITUDE <= figure.adjusted() <= 2 * MOST_MAGNITUDE + 1
        case int():
            return abs(figure) <= MOST_ID
        case str():
            return len(figure) <= 2 * MOST_LETTERS + 40 and figure == figure.encode().decode()
        case _:
            raise AssertionError(f"a {type(figure).__name__} in a report")


@pytest.mark.parametrize("name", READERS)
def test_the_true_answer_is_read(name: str) -> None:
    reader, truth = READERS[name]
    assert all(map(is_usable, figures_in(reader(json.dumps(truth).encode()))))


@pytest.mark.parametrize("name", READERS)
def test_a_lie_is_a_usable_value_or_a_fault_of_ours(name: str) -> None:
    reader, truth = READERS[name]
    refused = 0
    for place in fields(truth):
        for lies in LIES.values():
            for lie in lies:
                try:
                    told = reader(told_with(truth, place, lie))
                except UnreadableFault as fault:
                    refused += 1
                    assert len(str(fault)) < 400
                else:
                    assert all(map(is_usable, figures_in(told))), (place, lie[:40], told)
    assert refused > 20
