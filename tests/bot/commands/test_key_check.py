"""A key is tried with one signed read: taken, refused with the exchange's reason, or not asked at all."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connector.bot.commands.key_check import check_key, details, line_of, signer_of
from connector.bot.session.local_exchange import attached
from connector.core.faults import ConfigFault, UnavailableFault
from connector.core.findings import Concern, Finding, Verdict
from connector.core.secrets import Secret
from connector.keys.credentials import Credentials, KeyKind
from connector.simulator.server import LocalExchange
from tests.companions.keys.stores import API_KEY, API_SECRET, LIVE, key_for


async def test_a_good_key_is_taken_and_another_secret_is_not(venue: LocalExchange) -> None:
    domain = attached(venue.rest).domain
    good = await check_key(domain, key_for(domain.name, venue.api_key, venue.api_secret))
    assert (good.lines[0], good.refusals) == ("binance_perpetual_local takes the key", ())
    assert any(line.startswith("warning: the key works from any address") for line in good.lines)
    bad = await check_key(domain, key_for(domain.name, venue.api_key, API_SECRET))
    assert "-1022" in bad.refusals[0]
    assert "likely: the secret belongs to another key; or: " in bad.refusals[0]
    assert API_SECRET not in bad.refusals[0]


async def test_an_exchange_that_does_not_answer_says_nothing_about_the_key(venue: LocalExchange) -> None:
    domain = attached(venue.rest).domain
    await venue.stop()
    with pytest.raises(UnavailableFault, match=r"127\.0\.0\.1 .requests. can't be reached"):
        await check_key(domain, key_for(domain.name))


def test_causes_come_the_likeliest_first_and_the_remedy_last() -> None:
    causes = ("it was deleted", "it is another's")
    refused = Finding("key", Concern.KEY, Verdict.REFUSAL, "no such key", causes, "make one")
    assert details(refused) == ["likely: it was deleted", "or: it is another's", "do: make one"]
    assert line_of(refused) == "no such key; likely: it was deleted; or: it is another's; do: make one"


def test_each_kind_of_key_signs_in_its_own_way() -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    signer = signer_of(Credentials(LIVE, KeyKind.ED25519, Secret(API_KEY), Secret(pem)))
    private.public_key().verify(base64.b64decode(signer.sign("a=1")), b"a=1")
    assert len(signer_of(key_for(LIVE)).sign("a=1")) == 64
    with pytest.raises(ConfigFault, match="private key"):
        signer_of(Credentials(LIVE, KeyKind.RSA, Secret(API_KEY), Secret(API_SECRET)))
