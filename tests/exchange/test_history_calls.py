"""Frames of a market's past, as a strategy is handed them."""

import subprocess
import sys
from dataclasses import replace

import pytest

from connector.core.faults import UnavailableFault
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.history_calls import CANDLE_COLUMNS, FUNDING_COLUMNS, TRADE_COLUMNS
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader

pytestmark = pytest.mark.virtual_time


async def test_candles_are_a_frame_whose_last_row_is_open(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    Trader(venue).take(BUY, "0.01")
    frame = await connector.get_candles(PAIR, "1m", 10)
    assert tuple(frame.columns) == CANDLE_COLUMNS
    last = frame.iloc[-1]
    assert (last["close"], last["volume"], last["n_trades"], last["is_closed"]) == (60_010.0, 0.01, 1, False)
    assert last["timestamp"] % 60 == 0


async def test_trades_and_settlements_are_frames_with_their_columns(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    Trader(venue).take(BUY, "0.01")
    now = connector.venue_time_ms() / 1000
    trades = await connector.get_public_trades(PAIR, now - 60, now + 1)
    assert tuple(trades.columns) == TRADE_COLUMNS
    assert trades[["price", "amount", "is_buy"]].values.tolist() == [[60_010.0, 0.01, True]]
    settled = await connector.get_funding_history(PAIR)
    assert (tuple(settled.columns), len(settled)) == (FUNDING_COLUMNS, 0), "none was yet, and the columns stand"


async def test_a_day_what_is_open_and_statistics_are_told(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    Trader(venue).take(BUY, "0.01")
    assert (await connector.get_day_statistics(PAIR)).last_price == 60_010
    assert (await connector.get_open_interest(PAIR)).trading_pair == PAIR
    frame = await connector.get_statistics(PAIR, "open_interest")
    assert list(frame.columns) == ["timestamp", "open_interest", "open_interest_value"]


async def test_a_host_without_statistics_is_refused_by_name(connector: PerpetualDerivative) -> None:
    gateway = connector.components.gateway
    gateway.domain = replace(gateway.domain, has_statistics=False)
    with pytest.raises(UnavailableFault, match=r"binance_perpetual_local has no statistics: .*openInterestHist"):
        await connector.get_statistics(PAIR, "open_interest")


def test_pandas_is_not_imported_before_a_frame_is_asked_for() -> None:
    told = "import sys, connector.bot.session.runner; print('pandas' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
