"""The agreement about contracts on traditional finance, signed at a terminal."""

import asyncio
from pathlib import Path

import pytest

from connector.bot.commands.agreement import sign_agreement
from connector.bot.session.local_exchange import attached
from connector.core.secrets import Secret
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.simulator.server import LocalExchange
from tests.companions.flows.programs import at_a_terminal, exchange, started
from tests.companions.keys.at_terminal import Person


async def signed(venue: LocalExchange, answer: str) -> tuple[bool, list[str]]:
    said: list[str] = []
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    domain = attached(venue.rest).domain
    is_signed = await sign_agreement(domain, signer, SystemClock(), said.append, lambda question: answer)
    return is_signed, said


@pytest.mark.parametrize(("answer", "is_signed"), [("sign", True), ("yes", False), ("", False)])
async def test_it_is_signed_by_the_word_alone_for_the_account_and_domain_that_are_named(
    venue: LocalExchange, answer: str, is_signed: bool
) -> None:
    was_signed, said = await signed(venue, answer)
    assert was_signed is is_signed
    assert venue.engine.accounts[venue.account_id].has_signed is is_signed
    text = "\n".join(said)
    assert "binance_perpetual_local (local exchange), 127.0.0.1" in text
    assert "Contracts that ask for it: " in text
    assert "that of the key with the fingerprint " in text
    assert venue.api_key not in text
    assert said[-1].startswith("signed: " if is_signed else "nothing was signed")


async def test_without_a_terminal_nothing_is_asked_and_nothing_signed() -> None:
    async with exchange() as (_, row), started("agreement", "sign", "--exchange", row["rest"]) as command:
        assert await command.ends() == 2
        assert command.text == ("agreement sign: a person signs it: type this command at a terminal, not in a script")


async def test_at_a_terminal_it_is_signed_and_orders_are_taken_from_then_on() -> None:
    async with exchange() as (_, row):
        code, shown = await at_a_terminal(("agreement", "sign", "--exchange", row["rest"]), "sign")
        assert code == 0, shown
        assert "Type sign to sign it" in shown
        assert "signed: orders of these contracts are taken from now on" in shown


@pytest.mark.parametrize("leave", ["\x03", "\x04"])
async def test_leaving_the_prompt_signs_nothing(tmp_path: Path, leave: str) -> None:
    async with exchange() as (_, row):
        person = await asyncio.to_thread(Person, tmp_path, "agreement", "sign", "--exchange", row["rest"])
        await asyncio.to_thread(person.sees, "Type sign to sign it")
        person.types(leave)
        await asyncio.to_thread(person.sees, "nothing was signed")
        assert await asyncio.to_thread(person.ends) == 0
