"""Each event of the account is one plain line."""

from decimal import Decimal

import pytest

from connector.bot.session.account_lines import OF_THE_ACCOUNT, account_line
from connector.core.account_events import (
    BracketsChangedEvent,
    CreditModeChangedEvent,
    ForeignFillEvent,
    InsuranceClearedEvent,
    LeverageChangedEvent,
    MarginDriftEvent,
    MarginTypeChangedEvent,
    MultiAssetsModeChangedEvent,
    PositionModeChangedEvent,
    PositionSettledEvent,
    TransferEvent,
)
from connector.core.amounts import NAN
from connector.core.connection_events import RateLimitNearEvent
from connector.core.enums import MarginType, PositionMode, TradeType
from connector.core.events import (
    Event,
    FundingPaymentCompletedEvent,
    LiquidationEvent,
    MarginCallEvent,
    PositionDriftEvent,
)

D = Decimal
PAIR = "BTC-USDT"
SELL = TradeType.SELL

LINES: list[tuple[Event, str]] = [
    (MarginCallEvent(1.0, (PAIR, "ETH-USDT")), "margin call: BTC-USDT, ETH-USDT: liquidation is near"),
    (
        LiquidationEvent(1.0, PAIR, "a", amount=D("0.50"), price=D("59990.0"), realized_pnl=D("-1.20"), fee=D("0.3")),
        "liquidated: 0.5 BTC-USDT closed at 59,990, result -1.2, fee 0.3",
    ),
    (
        LiquidationEvent(1.0, PAIR, "a", True, amount=D("0.5"), price=NAN),
        "auto-deleveraged: 0.5 BTC-USDT closed, result 0, fee 0",
    ),
    (
        LiquidationEvent(1.0, PAIR, "a", amount=D("0.5"), price=D("59990"), realized_pnl=NAN, fee=NAN),
        "liquidated: 0.5 BTC-USDT closed at 59,990, result unknown, fee unknown",
    ),
    (
        InsuranceClearedEvent(1.0, PAIR, "USDT", D("-1.50"), "9"),
        "liquidation of BTC-USDT: 1.5 USDT paid to the insurance fund",
    ),
    (
        InsuranceClearedEvent(1.0, PAIR, "USDT", D("8"), "9"),
        "liquidation of BTC-USDT: the insurance fund paid 8 USDT that the account owed",
    ),
    (
        PositionSettledEvent(1.0, PAIR, "s", D("2"), D("100"), D("5"), D("0")),
        "settled by the exchange, since the contract ends: 2 BTC-USDT closed at 100, result 5, fee 0",
    ),
    (
        PositionDriftEvent(1.0, PAIR, D("1"), D("0.5")),
        "position of BTC-USDT: 1 by the trades, 0.5 by the exchange: that is taken",
    ),
    (
        MarginDriftEvent(1.0, "USDT", D("900.50"), D("880")),
        "free USDT: 900.5 as reckoned, 880 by the exchange: the lesser is used",
    ),
    (
        FundingPaymentCompletedEvent(1.0, "m", PAIR, D("-1.20"), D("0.000100"), "USDT", "7"),
        "funding of BTC-USDT: 1.2 USDT paid at 0.01 %",
    ),
    (
        FundingPaymentCompletedEvent(1.0, "m", PAIR, D("0.5"), NAN, "USDT", "8"),
        "funding of BTC-USDT: 0.5 USDT received",
    ),
    (
        LeverageChangedEvent(1.0, PAIR, 10, 20, D("100000000")),
        "another hand set the leverage of BTC-USDT: 10 to 20, at most 100,000,000 a side",
    ),
    (
        MarginTypeChangedEvent(1.0, PAIR, MarginType.CROSSED, MarginType.ISOLATED),
        "another hand set the margin type of BTC-USDT: CROSSED to ISOLATED",
    ),
    (
        PositionModeChangedEvent(1.0, PositionMode.ONEWAY, PositionMode.HEDGE),
        "another hand set the position mode: ONEWAY to HEDGE",
    ),
    (MultiAssetsModeChangedEvent(1.0, True), "another hand set the multi-assets mode: on"),
    (
        BracketsChangedEvent(1.0, PAIR, D("1E+8"), D("1000000")),
        "the exchange changed the brackets of BTC-USDT: most notional at the leverage 100,000,000 to 1,000,000",
    ),
    (CreditModeChangedEvent(1.0, True), "credits trading mode: the account holds the credit asset"),
    (TransferEvent(1.0, "USDT", D("-50.0"), "WITHDRAW"), "50 USDT went out of the wallet (WITHDRAW)"),
    (
        ForeignFillEvent(1.0, PAIR, "web_1", "7", SELL, D("60010"), D("0.020"), "3", D(0)),
        "not by this bot: 0.02 BTC-USDT sold at 60,010 by order web_1",
    ),
    (
        ForeignFillEvent(1.0, PAIR, "", "7", SELL, D("60010"), D("0.020"), "3", D(0)),
        "not by this bot: 0.02 BTC-USDT sold at 60,010 by an order (number 7)",
    ),
]


@pytest.mark.parametrize(("event", "line"), LINES, ids=lambda value: type(value).__name__)
def test_an_event_is_this_line(event: Event, line: str) -> None:
    assert account_line(event) == line


def test_every_event_of_the_account_has_one_and_no_other_has() -> None:
    assert {event.tag for event, _ in LINES} == set(OF_THE_ACCOUNT)
    assert account_line(RateLimitNearEvent(1.0, "weight", 60.0, 1, 2)) == ""
