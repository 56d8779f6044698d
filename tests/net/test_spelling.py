"""How requests are spelt: what is signed is what is sent, by REST and over the WS-API, with keys of every kind."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from connector.core.enums import OrderWay
from connector.core.faults import Fault, UnavailableFault
from connector.core.secrets import Secret
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import HmacSigner
from connector.net.spelling import Spelling
from connector.net.system_clock import SystemClock
from connector.simulator.access.signatures import KeyKind
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue import endpoints
from connector.venue.domains import LIVE, LOCAL
from tests.companions.net.gateways import domain_of, running_gateway
from tests.companions.orders.keys import new_key

STRANGE = "龙虾USDT"
SIGNER = HmacSigner(Secret("the-key"), Secret("the-secret"))


def spelling(recv_window_ms: int = 5000) -> Spelling:
    spelt = Spelling(LOCAL, lambda: 1_700_000_000_000, recv_window_ms)
    spelt.sign_with(SIGNER)
    return spelt


@pytest.fixture
async def venue() -> AsyncIterator[LocalExchange]:
    """An exchange that lists a symbol of other letters too."""
    strange = replace(DEFAULT_INSTRUMENTS[0], symbol=STRANGE)
    settings = SimulatorSettings(background=False, instruments=(*DEFAULT_INSTRUMENTS, strange))
    async with LocalExchange(settings) as exchange:
        yield exchange


@pytest.mark.parametrize("kind", list(KeyKind))
@pytest.mark.parametrize("way", list(OrderWay))
async def test_an_order_of_a_symbol_in_other_letters_is_placed_asked_for_and_cancelled(
    venue: LocalExchange, kind: KeyKind, way: OrderWay
) -> None:
    sender, signer = new_key(venue, kind)
    async with running_gateway(venue, signer, way) as gateway:
        for number in range(8):  # base64 has a plus, a slash or an equals sign in nearly every signature
            named = {"symbol": STRANGE, "origClientOrderId": f"a.b:c/d-{number}"}
            order = {
                "symbol": STRANGE, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010",
                "price": "50000", "newClientOrderId": f"a.b:c/d-{number}",
            }  # fmt: skip
            placed = json.loads(await gateway.call(endpoints.PLACE_ORDER, order))
            assert (placed["symbol"], placed["clientOrderId"]) == (STRANGE, named["origClientOrderId"])
            assert json.loads(await gateway.call(endpoints.QUERY_ORDER, named))["orderId"] == placed["orderId"]
            assert json.loads(await gateway.call(endpoints.CANCEL_ORDER, named))["status"] == "CANCELED"
        assert len(venue.engine.accounts[sender.account_id].placed[STRANGE]) == 8
        assert gateway.order_sockets is None or gateway.order_sockets.fallbacks == 0


async def test_a_wrong_secret_is_refused_over_the_ws_api_as_over_rest(venue: LocalExchange) -> None:
    ill = HmacSigner(Secret(venue.api_key), Secret("another"))
    async with running_gateway(venue, ill, OrderWay.WS_API) as gateway:
        with pytest.raises(Fault, match="check that key and secret belong together") as refused:
            await gateway.call(endpoints.QUERY_ORDER, {"symbol": "BTCUSDT", "origClientOrderId": "x"})
    assert refused.value.code == -1022


def test_whole_numbers_are_numbers_over_the_ws_api_and_all_else_is_text() -> None:
    params = {"symbol": "BTCUSDT", "orderId": "9007199254740993", "quantity": "0.010", "reduceOnly": "true"}
    spelt = json.loads(spelling().ws(endpoints.CANCEL_ORDER, params, is_logged_on=False))
    assert spelt["orderId"] == 9007199254740993
    assert spelt["timestamp"] == 1_700_000_000_000
    assert spelt["recvWindow"] == 5000
    assert (spelt["quantity"], spelt["reduceOnly"], spelt["apiKey"]) == ("0.010", "true", "the-key")


def test_who_is_logged_on_sends_neither_key_nor_signature() -> None:
    spelt = json.loads(spelling().ws(endpoints.QUERY_ORDER, {"symbol": "X"}, is_logged_on=True))
    assert spelt == {"symbol": "X", "recvWindow": 5000, "timestamp": 1_700_000_000_000}


def test_without_a_window_the_venues_own_holds() -> None:
    address, _ = spelling(0).rest(endpoints.QUERY_ORDER, {})
    assert "recvWindow" not in address
    assert b"recvWindow" not in spelling(0).ws(endpoints.QUERY_ORDER, {}, is_logged_on=False)


@pytest.mark.parametrize("hosts", [{"rest": LIVE.rest}, {"ws_api": LIVE.ws_api}])
def test_a_domain_that_is_not_live_signs_for_no_live_host_of_either_way(hosts: dict[str, str]) -> None:
    with pytest.raises(UnavailableFault, match="does not sign"):
        Spelling(replace(LOCAL, **hosts), lambda: 0, 5000).sign_with(SIGNER)  # type: ignore[arg-type]


async def test_without_a_key_nothing_is_signed_by_either_way(venue: LocalExchange) -> None:
    gateway = Gateway(domain_of(venue), Http(), Throttle(), SystemClock(), order_way=OrderWay.WS_API)
    with pytest.raises(UnavailableFault, match="needs an API key"):
        await gateway.call(endpoints.QUERY_ORDER)
