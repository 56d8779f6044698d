"""A key is tried with one signed read: taken, refused with the exchange's reason, or not asked at all."""

import base64
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connector.bot.keys.key_check import check_key, details, line_of, signer_of, wanted_by
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.local_exchange import attached
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault, UnavailableFault
from connector.core.findings import Concern, Finding, Verdict
from connector.core.secrets import Secret
from connector.exchange.network.account_checks import Wanted
from connector.keys.credentials import Credentials, KeyKind
from connector.net.sign import Signer
from connector.simulator.access.signatures import Rights
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import LOCAL
from tests.companions.flows.programs import home_with
from tests.companions.keys.stores import API_KEY, API_SECRET, LIVE, key_for
from tests.companions.local_trading import Trader
from tests.companions.places import SHIPPED_SETTINGS


async def test_a_good_key_is_taken_and_another_secret_is_not(venue: LocalExchange) -> None:
    domain = attached(venue.rest).domain
    good = await check_key(domain, key_for(domain.name, venue.api_key, venue.api_secret))
    assert (good.lines[0], good.refusals) == ("binance_perpetual_local takes the key", ())
    assert any(line.startswith("warning: the key works from any address") for line in good.lines)
    bad = await check_key(domain, key_for(domain.name, venue.api_key, API_SECRET))
    assert "-1022" in bad.refusals[0]
    assert "likely: the secret belongs to another key; or: " in bad.refusals[0]
    assert API_SECRET not in bad.refusals[0]


async def test_a_command_that_only_takes_risk_away_is_not_refused_for_a_key_that_can_move_money_out(
    venue: LocalExchange,
) -> None:
    domain = attached(venue.rest).domain
    for rights in (Rights(withdrawals=True), Rights(universal_transfer=True), Rights(internal_transfer=True)):
        key = venue.admit(Decimal(1_000), rights=rights)
        credentials = key_for(domain.name, key.api_key, key.api_secret)
        refused = await check_key(domain, credentials)
        assert "whoever steals it can take the money" in refused.refusals[0]
        told = await check_key(domain, credentials, tells_withdrawal_alone=True)
        assert told.refusals == ()
        assert any("whoever steals it can take the money" in line for line in told.lines)
    without = venue.admit(Decimal(1_000), rights=Rights(futures=False))
    credentials = key_for(domain.name, without.api_key, without.api_secret)
    assert (await check_key(domain, credentials, tells_withdrawal_alone=True)).refusals


SETTINGS = {"market": "BTC-USDT", "leverage": "20", "order_levels": "3", "order_amount": "0.010"}


def wanted(folder: Path, **changes: str) -> Callable[[Signer], Wanted]:
    home_with(folder, **{**SETTINGS, **changes})
    settings = load_settings(folder / "conf" / SHIPPED_SETTINGS.name, PerpetualMarketMakingSettings)
    keeping = Keeping(folder / "data")
    return partial(wanted_by, settings, keeping, replace(LOCAL, rest="http://127.0.0.1:9"))


async def test_a_ladder_that_no_bracket_allows_at_its_leverage_is_told_before_the_run(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    domain = attached(venue.rest).domain
    credentials = key_for(domain.name, venue.api_key, venue.api_secret)
    assert not (await check_key(domain, credentials, wanted(tmp_path))).refusals
    with pytest.raises(ConfigFault, match="leverage: 125: the bracket of BTC-USDT allows at most"):
        await check_key(domain, credentials, wanted(tmp_path, leverage="125", order_amount="20"))
    with pytest.raises(ConfigFault, match="BTC-NIL"):
        await check_key(domain, credentials, wanted(tmp_path, market="BTC-NIL"))


async def test_orders_of_an_earlier_run_are_no_others(venue: LocalExchange, trader: Trader, tmp_path: Path) -> None:
    domain = attached(venue.rest).domain
    credentials = key_for(domain.name, venue.api_key, venue.api_secret)
    folder = tmp_path / "data" / LOCAL.name / credentials.fingerprint
    own = f"b1a2b3-{'0' * 22}B"
    request = OrderRequest("BTCUSDT", BUY, LIMIT, Decimal("0.010"), Decimal(30_000), client_order_id=own)
    venue.act(lambda engine, now_ms: engine.place(venue.account_id, request, now_ms))
    said = (await check_key(domain, credentials, wanted(tmp_path))).lines
    assert any("1 orders are open already" in line for line in said)
    assert not folder.exists(), "looking writes nothing"
    folder.mkdir(parents=True)
    (folder / "tag").write_text("b1a2b3\n")
    said = (await check_key(domain, credentials, wanted(tmp_path))).lines
    assert not any("open already" in line for line in said)


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
