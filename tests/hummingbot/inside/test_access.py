"""Where it trades, and what signs there."""

import pytest

from connector.adapters.hummingbot.access import access_to_local, access_to_venue
from connector.core.faults import ConfigFault, NoKeyFault, UnavailableFault
from connector.simulator.server import LocalExchange

SEED = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"


async def test_keys_are_secrets_from_the_first_moment(venue: LocalExchange) -> None:
    access = access_to_venue("binance_perpetual_testnet", "k" * 64, "s" * 64)
    signer = await access.signer()
    assert "kkkk" not in repr(signer.api_key) and signer.api_key.reveal() == "k" * 64
    assert "ssss" not in repr(vars(type(signer))) + repr(access)


async def test_a_private_key_in_place_of_a_secret_signs_by_its_own_kind() -> None:
    pem = f"-----BEGIN PRIVATE KEY-----\n{SEED}\n-----END PRIVATE KEY-----\n"
    access = access_to_venue("binance_perpetual", "k" * 64, pem)
    assert (await access.signer()).can_log_on


async def test_a_private_key_that_is_none_is_refused_when_it_is_given() -> None:
    with pytest.raises(ConfigFault, match="private key"):
        access_to_venue("binance_perpetual", "k" * 64, "-----BEGIN nothing")


async def test_without_a_key_nothing_signs() -> None:
    with pytest.raises(NoKeyFault, match="binance_perpetual: no API key"):
        await access_to_venue("binance_perpetual", "", "").signer()


async def test_a_local_exchange_tells_its_key_when_it_is_asked(venue: LocalExchange) -> None:
    signer = await access_to_local(f"{venue.rest}/").signer()
    assert signer.api_key.reveal() == venue.api_key


@pytest.mark.parametrize("address", ["http://192.168.1.4:8080", "http://example.com", "nonsense"])
def test_a_local_exchange_lies_on_this_machine(address: str) -> None:
    with pytest.raises(ConfigFault):
        access_to_local(address)


async def test_where_nobody_answers_the_line_says_what_to_start() -> None:
    with pytest.raises(UnavailableFault, match="connector simulator"):
        await access_to_local("http://127.0.0.1:9").signer()


async def test_an_object_that_is_made_without_an_address_asks_the_last_one_that_was_named(
    venue: LocalExchange,
) -> None:
    access_to_local(venue.rest)
    assert access_to_local().domain.rest == venue.rest
