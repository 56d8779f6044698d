"""What the account's figures say is what the connector says."""

import pytest

from connector.bot.metrics.account_figures import account_figures
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, D, EventLog, until
from tests.companions.scrapes import taken, value


async def test_a_position_is_told_with_its_worth_and_what_it_is_near_to(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    found = taken(account_figures(StatusSource(connector, Accounting(PAIR), PAIR)))
    assert value(found, "position", pair=PAIR, side="both") == -0.004
    assert value(found, "position_entry_price", pair=PAIR, side="both") == 59990
    liquidation = connector.get_liquidation_price(PAIR)
    assert liquidation > 0
    assert value(found, "position_liquidation_price", pair=PAIR, side="both") == float(liquidation)
    assert value(found, "position_notional", pair=PAIR, side="both") < 0
    assert 0 < value(found, "margin_ratio", asset="USDT") < 1


async def test_equity_is_wallet_and_unrealised(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.5"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    found = taken(account_figures(StatusSource(connector, Accounting(PAIR), PAIR)))
    wallet = D(str(value(found, "money", asset="USDT", kind="wallet")))
    unrealised = D(str(value(found, "money", asset="USDT", kind="unrealised")))
    assert wallet == connector.get_balance("USDT")
    assert unrealised == connector.get_unrealized_pnl(PAIR) != 0
    assert D(str(value(found, "money", asset="USDT", kind="equity"))) == wallet + unrealised


async def test_without_a_position_the_pair_is_told_to_be_flat(connector: PerpetualDerivative) -> None:
    found = taken(account_figures(StatusSource(connector, Accounting(PAIR), PAIR)))
    assert value(found, "position", pair=PAIR, side="both") == 0
    assert not [name for name, _ in found if name == "connector_position_entry_price"]


async def test_the_parts_of_the_result_are_those_of_the_equitys_change(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    books = Accounting(PAIR)
    source = StatusSource(connector, books, PAIR)
    assert not [name for name, _ in taken(account_figures(source)) if name == "connector_result"]
    books.open("USDT", connector.get_balance("USDT"), D(0))
    source.begin()
    equity = connector.get_balance("USDT")
    connector.buy(PAIR, D("0.5"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    found = taken(account_figures(source))
    parts = {dict(labels)["part"]: share for (name, labels), share in found.items() if name == "connector_result"}
    assert set(parts) == {"spread_captured", "fees", "funding", "inventory", "others"}
    assert parts["fees"] < 0 and parts["spread_captured"] < 0
    change = connector.get_balance("USDT") + connector.get_unrealized_pnl(PAIR) - equity
    assert sum(parts.values()) == pytest.approx(float(change), abs=1e-9)
