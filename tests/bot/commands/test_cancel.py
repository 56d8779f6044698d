"""Every order of a pair, or of the account, is cancelled by a command that lists it first."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.bot.commands.cancel import cancel_everyones
from connector.bot.session.local_exchange import attached
from connector.core.faults import ConfigFault, StopFault
from connector.core.secrets import Secret
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.simulator.accounts.algo_orders import AlgoRequest
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.exchange.conditional_scenes import resting, waiting
from tests.companions.flows.programs import at_a_terminal, exchange, started

D = Decimal


def rest(venue: LocalExchange, name: str, symbol: str = "BTCUSDT", price: object = "30000") -> None:
    request = OrderRequest(symbol, BUY, LIMIT, D("0.030"), D(str(price)), client_order_id=name)
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))


def three_orders(venue: LocalExchange) -> None:
    """Of somebody else: two of one pair, in either family, and one of another pair."""
    rest(venue, "web_1")
    stop = AlgoRequest("BTCUSDT", BUY, "STOP_MARKET", D("0.010"), trigger_price=D(90_000), client_algo_id="web_stop")
    venue.act(lambda engine, now_ms: engine.place_algo(venue.account_id, stop, now_ms))
    rest(venue, "web_2", "ETHUSDT", 1_000)


async def cancelled(venue: LocalExchange, pair: str | None, ask: Callable[[str], str] | None) -> list[str]:
    said: list[str] = []
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    domain = attached(venue.rest).domain
    await cancel_everyones(domain, signer, SystemClock(), pair, said.append, ask)
    return said


def open_there(venue: LocalExchange) -> set[str]:
    return {*waiting(venue), *resting(venue), *resting(venue, "ETHUSDT")}


@pytest.mark.parametrize(("pair", "left"), [("BTC-USDT", {"web_2"}), (None, set())])
async def test_what_is_listed_goes_in_both_families_and_nothing_else(
    venue: LocalExchange, pair: str | None, left: set[str]
) -> None:
    three_orders(venue)
    said = await cancelled(venue, pair, None)
    assert open_there(venue) == left
    text = "\n".join(said)
    assert "BTCUSDT BUY 0.03 at 30000: web_1" in text
    assert "conditional: web_stop" in text
    assert ("web_2" in text) is (pair is None)
    assert venue.api_key not in text


@pytest.mark.parametrize("answer", ["yes", "", "CANCEL"])
async def test_another_word_leaves_them(venue: LocalExchange, answer: str) -> None:
    three_orders(venue)
    said = await cancelled(venue, None, lambda question: answer)
    assert said[-1] == "nothing was cancelled"
    assert open_there(venue) == {"web_1", "web_stop", "web_2"}


async def test_an_order_that_came_while_it_was_asked_keeps_all_of_them(venue: LocalExchange) -> None:
    three_orders(venue)

    def ask(question: str) -> str:
        rest(venue, "web_3")
        return "cancel"

    with pytest.raises(StopFault, match="web_3"):
        await cancelled(venue, None, ask)
    assert open_there(venue) == {"web_1", "web_stop", "web_2", "web_3"}


async def test_what_is_still_open_is_named(venue: LocalExchange) -> None:
    three_orders(venue)
    venue.faults.arm("unknown_not_placed", times=9, method="DELETE", path="/fapi/v1/allOpenOrders")
    venue.faults.arm("service_unavailable", times=9, method="DELETE", path="/fapi/v1/algoOpenOrders")
    with pytest.raises(Exception, match=r"allOpenOrders|algoOpenOrders|still open"):
        await cancelled(venue, None, None)
    assert open_there(venue) == {"web_1", "web_stop", "web_2"}


async def test_nothing_open_is_told_and_a_pair_that_is_none_is_refused(venue: LocalExchange) -> None:
    assert (await cancelled(venue, "BTC-USDT", None))[-1] == "nothing is open of BTC-USDT"
    with pytest.raises(ConfigFault, match="BTC-UST"):
        await cancelled(venue, "BTC-UST", None)


@pytest.mark.parametrize(
    ("words", "told"), [(("--yes",), "say --everyones"), (("--everyones",), "type this command there, or add --yes")]
)
async def test_without_the_word_or_a_terminal_nothing_is_cancelled(words: tuple[str, ...], told: str) -> None:
    async with exchange() as (_, row), started("cancel", *words, "--exchange", row["rest"]) as command:
        assert await command.ends() == 2
        assert told in command.text


async def test_it_is_asked_at_a_terminal_and_ends_in_order_without_one_that_said_yes() -> None:
    async with exchange() as (_, row):
        code, shown = await at_a_terminal(("cancel", "--everyones", "--exchange", row["rest"]), "no")
        assert (code, "nothing is open" in shown) == (0, True), shown
        async with started("cancel", "--everyones", "--yes", "--exchange", row["rest"]) as command:
            assert await command.ends() == 0
            assert "nothing is open" in command.text
