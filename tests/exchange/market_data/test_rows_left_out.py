"""An odd row of another symbol, in the answers that speak of all symbols, changes nothing and is told once."""

import asyncio
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest

from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import HttpAnswer
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, Trader, ready, until
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time
#: So many quiet books are compared together.
PAIRS = (PAIR, "ETH-USDT", "SOL-USDT", "XRP-USDT", "BNB-USDT")
TICKERS, TERMS = "/fapi/v1/ticker/bookTicker", "/fapi/v1/fundingInfo"
ODD = {
    TICKERS: {"symbol": "ODDTICKERUSDT", "bidPrice": "1", "bidQty": "1", "askPrice": "2", "askQty": "1", "time": 1},
    TERMS: {"symbol": "ODDTERMSUSDT", "fundingIntervalHours": None, "adjustedFundingRateCap": "0.02"},
}


def with_odd_rows(connector: PerpetualDerivative) -> list[str]:
    """From now on each such answer begins with an odd row; the paths that were asked for."""
    http, asked = connector.components.http, list[str]()
    send: Callable[..., object] = http.send

    async def sending(method: str, address: str, headers: Mapping[str, str], **terms: object) -> HttpAnswer:
        answer: HttpAnswer = await send(method, address, headers, **terms)  # type: ignore[misc]
        parts = urlsplit(address)
        if parts.path not in ODD or "symbol=" in parts.query:
            return answer
        asked.append(parts.path)
        rows = [ODD[parts.path], *json.loads(answer.body)]
        return HttpAnswer(answer.status, answer.headers, json.dumps(rows).encode())

    http.send = sending  # type: ignore[method-assign]
    return asked


async def test_the_other_rows_are_believed_and_the_odd_one_is_told_once(
    venue: LocalExchange, trader: Trader, caplog: pytest.LogCaptureFixture
) -> None:
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    connector = assemble(domain, signer, PAIRS, "test01", loop_clock())
    asked = with_odd_rows(connector)
    await ready(connector)
    await until(lambda: connector.get_funding_terms(PAIR).interval_s == 8 * 3600, "the interval")
    await asyncio.sleep(12)
    assert connector.ready, "books that are quiet are compared, and well"
    assert asked.count(TICKERS) > 1
    for symbol in ("ODDTICKERUSDT", "ODDTERMSUSDT"):
        assert sum(symbol in line for line in caplog.messages) == 1
    await connector.stop_network()
