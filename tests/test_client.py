"""`connector.open`, as the writer of a strategy meets it."""

import ast
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import connector
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.places import PACKAGE

D = Decimal


async def test_an_order_is_placed_and_nothing_is_left_open(venue: LocalExchange, trader: Trader) -> None:
    async with connector.open(PAIR, exchange_url=venue.rest) as exchange:
        assert exchange.ready
        name = exchange.buy(PAIR, D("0.010"), connector.OrderType.LIMIT, D(59_000))
        await until(lambda: exchange.in_flight_orders[name].state is connector.OrderState.OPEN, "open")
    account = venue.engine.accounts[venue.account_id]
    assert not account.has_open_orders()


async def test_orders_are_cancelled_when_the_strategy_fails(venue: LocalExchange, trader: Trader) -> None:
    with pytest.raises(RuntimeError, match="a mistake of the strategy"):
        async with connector.open(PAIR, exchange_url=venue.rest) as exchange:
            exchange.buy(PAIR, D("0.010"), connector.OrderType.LIMIT, D(59_000))
            raise RuntimeError("a mistake of the strategy")
    assert not venue.engine.accounts[venue.account_id].has_open_orders()


async def test_orders_whose_end_is_not_confirmed_are_named(venue: LocalExchange, trader: Trader) -> None:
    with pytest.raises(connector.StopFault, match="may be open at the exchange: a"):
        async with connector.open(PAIR, exchange_url=venue.rest) as exchange:
            name = exchange.buy(PAIR, D("0.010"), connector.OrderType.LIMIT, D(59_000))
            await until(lambda: exchange.in_flight_orders[name].state is connector.OrderState.OPEN, "open")
            await venue.stop()


async def test_without_an_address_a_local_exchange_of_its_own_runs_as_long_as_it_is_open() -> None:
    async with connector.open(PAIR) as exchange:
        address = exchange.components.gateway.domain.rest  # type: ignore[attr-defined]
        assert exchange.get_price(PAIR, True) > exchange.get_price(PAIR, False) > 0
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(address)


@pytest.mark.parametrize(
    ("pairs", "options", "line"),
    [
        ((), {}, "trading_pairs: '': names no pair; such as open(\"BTC-USDT\")"),
        ((["BTC-USDT"],), {}, "trading_pairs: ['BTC-USDT']: is no text; each is an argument of its own"),
        ((PAIR,), {"domain": "nowhere"}, "domain: 'nowhere': no such domain; use one of"),
        ((PAIR,), {"exchange_url": "ftp://there"}, "exchange_url: 'ftp://there': must be the address of a local"),
        ((PAIR,), {"domain": "binance_perpetual", "exchange_url": "http://127.0.0.1:1"}, "exchange_url: "),
    ],
)
async def test_what_cannot_be_opened_is_told_by_the_argument(
    pairs: tuple[Any, ...], options: dict[str, Any], line: str
) -> None:
    with pytest.raises(connector.ArgumentFault) as told:
        async with connector.open(*pairs, **options):
            pass
    assert str(told.value).startswith(line)


async def test_a_pair_that_the_exchange_does_not_list_is_told_by_the_argument(venue: LocalExchange) -> None:
    with pytest.raises(connector.ArgumentFault, match="trading_pairs: 'XYZ-USDT': no such perpetual pair"):
        async with connector.open("XYZ-USDT", exchange_url=venue.rest):
            pass


async def test_a_domain_without_a_stored_key_says_how_to_give_it_one(tmp_path: Path) -> None:
    with pytest.raises(connector.NoKeyFault, match="connector connect binance_perpetual"):
        async with connector.open(PAIR, domain="binance_perpetual", home=tmp_path):
            pass


async def test_another_account_trades_where_its_signer_is_handed_in(venue: LocalExchange, trader: Trader) -> None:
    other = venue.admit(D(777))
    signer = connector.HmacSigner(connector.Secret(other.api_key), connector.Secret(other.api_secret))
    async with connector.open(PAIR, exchange_url=venue.rest, signer=signer) as exchange:
        assert exchange.get_balance("USDT") == 777


@pytest.mark.parametrize(
    ("argument", "order"),
    [
        ("amount: 0.01: is a float, not a Decimal; write Decimal('0.01')", (PAIR, 0.01, "LIMIT", D(59_000))),
        ("amount: '0.01': is a str, not a Decimal; write Decimal('0.01')", (PAIR, "0.01", "LIMIT", D(59_000))),
        ("amount: Decimal('0'): must be above zero", (PAIR, D(0), "LIMIT", D(59_000))),
        ("amount: Decimal('NaN'): is no finite number", (PAIR, D("NaN"), "LIMIT", D(59_000))),
        ("price: 59000.5: is a float, not a Decimal", (PAIR, D("0.01"), "LIMIT", 59_000.5)),
        ("price: None: a limit order needs a price above zero", (PAIR, D("0.01"), "LIMIT", D("NaN"))),
        ("trading_pair: 'ETH-USDT': is not traded here; traded are: BTC-USDT", ("ETH-USDT", D(1), "LIMIT", D(1))),
    ],
)
async def test_an_order_that_can_be_none_is_told_by_the_argument_and_never_tracked(
    venue: LocalExchange, trader: Trader, argument: str, order: tuple[Any, ...]
) -> None:
    async with connector.open(PAIR, exchange_url=venue.rest) as exchange:
        pair, amount, kind, price = order
        with pytest.raises(connector.ArgumentFault) as told:
            exchange.buy(pair, amount, connector.OrderType[kind], price)
        assert str(told.value).startswith(argument)
        assert exchange.in_flight_orders == {}


async def test_what_is_no_leverage_mode_side_of_a_position_or_event_is_told_by_the_argument(
    venue: LocalExchange, trader: Trader
) -> None:
    async with connector.open(PAIR, exchange_url=venue.rest) as exchange:
        with pytest.raises(connector.ArgumentFault, match="leverage: '20': is no whole number above zero"):
            await exchange.set_leverage(PAIR, "20")  # type: ignore[arg-type]
        with pytest.raises(connector.ArgumentFault, match="mode: 'HEDGE': is no position mode"):
            await exchange.set_position_mode("HEDGE")  # type: ignore[arg-type]
        with pytest.raises(connector.ArgumentFault, match="position_action: 'CLOSE': is no position action"):
            exchange.buy(PAIR, D("0.01"), connector.OrderType.MARKET, position_action="CLOSE")  # type: ignore[arg-type]
        with pytest.raises(connector.ArgumentFault, match="event_tag: 'OrderFilled': is no event"):
            exchange.add_listener("OrderFilled", lambda event: None)  # type: ignore[arg-type]
        assert exchange.ready


async def test_questions_about_what_is_not_traded_or_not_ours_are_told_by_the_argument(
    venue: LocalExchange, trader: Trader
) -> None:
    async with connector.open(PAIR, exchange_url=venue.rest) as exchange:
        for question in (exchange.get_mid_price, exchange.get_order_book, exchange.get_leverage):
            with pytest.raises(connector.ArgumentFault, match="trading_pair: 'ETH-USDT': is not traded here"):
                question("ETH-USDT")
        with pytest.raises(connector.ArgumentFault, match="client_order_id: 'nobody-1': is no order of this connector"):
            exchange.cancel(PAIR, "nobody-1")


def copied_between_writes(data: Path, image: Path) -> None:
    """Copies what a kill at this moment would leave. The history is written by a thread: it waits meanwhile, so that
    none of its files comes or goes under the copy."""
    (history,) = data.rglob("history.sqlite")
    with closing(sqlite3.connect(history, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        shutil.copytree(data, image)


async def test_what_happened_between_two_openings_is_told_by_the_second(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    """The first was killed: its process is gone, and so is its hold on the tag."""
    kept, image = tmp_path / "data", tmp_path / "as-killed"
    async with connector.open(PAIR, exchange_url=venue.rest, data=kept) as exchange:
        exchange.buy(PAIR, D("0.010"), connector.OrderType.LIMIT_MAKER, D(60_000))
        await until(lambda: bool(venue.engine.accounts[venue.account_id].has_open_orders()), "it rests")
        await until(lambda: any(kept.rglob("history.sqlite")), "its history is begun")
        copied_between_writes(kept, image)
        trader.take(SELL, "0.010")
    told: list[connector.Event] = []
    async with connector.open(PAIR, exchange_url=venue.rest, data=image, hear=told.append) as exchange:
        names = [event.tag.name for event in told if "Order" in event.tag.name]
        assert names[-2:] == ["OrderFilled", "BuyOrderCompleted"]
        assert exchange.account_positions[PAIR].amount == D("0.010")


def test_the_public_names_are_all_there_and_are_loaded_when_asked_for() -> None:
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text())
    names = {alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert {name for name in names if not hasattr(connector, name)} == set()
    code = "import sys, connector; print([name for name in sys.modules if name.startswith('connector.')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "[]"


async def test_settings_of_a_file_hold_and_what_needs_a_journal_is_refused_without_one(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yml"
    file.write_text("self_trade_prevention_mode: EXPIRE_BOTH\nrecv_window: 2000\n")
    async with connector.open(PAIR, exchange_url=venue.rest, connector_config=file) as exchange:
        assert isinstance(exchange, PerpetualDerivative)
        assert exchange.components.gateway.arrives_within_ms == 2_000
        exchange.openings.shut("a test")
        assert exchange.openings_stopped == "the gate openings is shut by a test"
    file.write_text("order_mapper_type: SEQUENCE\n")
    with pytest.raises(connector.ArgumentFault, match="own orders are known by the journal alone"):
        async with connector.open(PAIR, exchange_url=venue.rest, connector_config=file):
            pass
    file.write_text("recv_window: 70000\n")
    with pytest.raises(connector.ArgumentFault, match="recv_window"):
        async with connector.open(PAIR, exchange_url=venue.rest, connector_config=file):
            pass
