"""A person at Hummingbot's interactive client connects, looks at the balance, starts, looks, and stops."""

import asyncio
from pathlib import Path

from tests.companions.flows.programs import exchange
from tests.hummingbot.client import Client
from tests.hummingbot.hbot import NAME, Hbot
from tests.hummingbot.test_hbot import MARKET_MAKING, PAIR, Account


async def test_a_person_connects_trades_and_stops(tree: Path) -> None:
    await asyncio.to_thread(Hbot(tree).creates, "perpetual_market_making", **MARKET_MAKING)
    (strategy,) = (tree / "conf" / "strategies").glob("*.yml")
    async with exchange() as (_, line):
        account, client = Account(line), Client(tree)
        try:
            await asyncio.to_thread(connects, client, account.rest)
            await asyncio.to_thread(starts, client, strategy.name)
            await traded(account)
            await asyncio.to_thread(looks_and_stops, client)
            async with asyncio.timeout(20):
                while await account.open_orders():
                    await asyncio.sleep(0.2)
        finally:
            client.ends()


def connects(client: Client, rest: str) -> None:
    client.shows(">>>", 60)
    client.types(f"connect {NAME}")
    client.shows("Enter the address of the local exchange", 30)
    client.types(rest)
    client.shows(f"You are now connected to {NAME}", 30)
    client.types("balance")
    client.shows("USDT 10000.0000", 30)


def starts(client: Client, strategy: str) -> None:
    client.types(f"import {strategy}")
    client.shows(f"Configuration from {strategy} file is imported", 30)
    client.types("start")


async def traded(account: Account) -> None:
    async with asyncio.timeout(60):
        while not (await account.trades() and await account.open_orders()):
            await asyncio.sleep(0.2)


def looks_and_stops(client: Client) -> None:
    client.types("status")
    client.shows(f"{NAME} {PAIR}", 20)
    client.types("history")
    client.shows(f"{NAME} / {PAIR}", 20)
    client.shows("Fees paid", 20)
    client.types("stop")
    client.shows("Hummingbot stopped.", 30)
