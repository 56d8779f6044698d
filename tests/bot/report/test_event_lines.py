"""Lines that tell what happens: at once, with their time, and folded."""

import logging
from decimal import Decimal

import pytest

from connector.bot.report.event_lines import FOLD_MS, EventLines, trade_line
from connector.core.clock import ManualClock
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.events import OrderFilledEvent
from connector.core.trade_fee import TokenAmount, TradeFee

D = Decimal
NOON_MS = 1_790_000_000_000


class Told:
    """Lines, and the clock that they are told by."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON_MS)
        self.lines: list[str] = []
        self.says = EventLines(self.lines.append, self.clock)

    def after(self, ms: int) -> list[str]:
        """What is told when so much time is over."""
        self.lines.clear()
        self.clock.advance(ms)
        self.says.settle()
        return list(self.lines)


def trade(
    side: TradeType = TradeType.BUY, price: str = "60000.5", result: str = "0", action: PositionAction | None = None
) -> OrderFilledEvent:
    return OrderFilledEvent(
        1.0, "c1", "BTC-USDT", side, OrderType.LIMIT, D(price), D("0.010"),
        TradeFee(flat_fees=(TokenAmount("USDT", D("0.12")),)), position=action or PositionAction.OPEN,
        realized_pnl=D(result), is_maker=True,
    )  # fmt: skip


def test_a_line_has_its_time_and_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    told = Told()
    with caplog.at_level(logging.INFO):
        told.says.say("margin call")
    assert told.lines == ["14:13:20 margin call"]
    assert "margin call" in caplog.messages


def test_what_is_told_again_is_counted_and_told_in_the_end() -> None:
    told = Told()
    for _ in range(4):
        told.says.say("refused: -2019")
    told.says.say("another")
    assert told.lines == ["14:13:20 refused: -2019", "14:13:20 another"]
    assert told.after(FOLD_MS) == ["14:13:30 refused: -2019 (3 times more within 10 s)"]
    assert told.after(FOLD_MS) == []
    told.says.say("refused: -2019")
    assert len(told.lines) == 1


def test_lines_that_differ_in_their_figures_fold_by_what_they_have_in_common() -> None:
    told = Told()
    for amount in ("5", "6", "7"):
        told.says.say(f"not placed: {amount} is too much", "not placed")
    assert told.after(FOLD_MS) == ["14:13:30 not placed: 7 is too much (2 times more within 10 s)"]


def test_the_first_trade_is_told_at_once_and_the_others_in_one_line() -> None:
    told = Told()
    for side, price in ((TradeType.BUY, "60000.5"), (TradeType.BUY, "60000"), (TradeType.SELL, "60010"),
                        (TradeType.BUY, "60001")):  # fmt: skip
        told.says.hear_trade(trade(side, price, "0.1"), D("0.1"))
    assert told.lines == ["14:13:20 bought 0.01 BTC-USDT at 60,000.5 as maker, fee 0.1200 USDT, result +0.1000"]
    assert told.after(FOLD_MS) == [
        "14:13:30 BTC-USDT: 2 buys of 0.02 at 60,000.5, 1 sell of 0.01 at 60,010.0 on average, fees 0.3600 USDT, "
        "result +0.3000"
    ]
    told.says.hear_trade(trade(), D("0.1"))
    assert len(told.lines) == 2


def test_an_exit_is_told_as_what_it_is() -> None:
    close = PositionAction.CLOSE
    assert trade_line(trade(TradeType.SELL, result="5", action=close), D("0.1")).endswith("take-profit: result +5.0000")
    assert trade_line(trade(TradeType.SELL, result="-5", action=close), D("0.1")).endswith("stop-loss: result -5.0000")


def test_what_waits_at_the_end_is_told() -> None:
    told = Told()
    told.says.say("lost")
    told.says.say("lost")
    told.says.hear_trade(trade(), D(1))
    told.says.hear_trade(trade(), D(1))
    told.lines.clear()
    told.says.close()
    assert [line.partition(" ")[2] for line in told.lines] == [
        "lost (once more within 10 s)", "BTC-USDT: 1 buy of 0.01 at 60,000 on average, fees 0.1200 USDT",
    ]  # fmt: skip


def test_lines_are_bounded() -> None:
    told = Told()
    for number in range(2_000):
        told.says.say(f"line {number}")
    assert len(told.says._folded) <= 256
