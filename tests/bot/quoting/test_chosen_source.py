"""Settings choose where the reference price comes from."""

import pytest

from connector.bot.quoting.chosen_source import chosen_source
from connector.core.clock import ManualClock
from connector.core.faults import ConfigFault
from connector.venue.domains import LIVE, LOCAL
from tests.companions.strategies.scene import settings

EXTERNAL = {"price_source": "external_market", "price_source_market": "ETH-USDT"}


async def named(at: object = LIVE, **written: object) -> str:
    source = chosen_source(settings(**written), at, ManualClock(), lambda line: None)  # type: ignore[arg-type]
    assert source is not None
    await source.close()
    return source.name


def test_the_own_market_needs_none() -> None:
    assert chosen_source(settings(), LIVE, ManualClock(), lambda line: None) is None


async def test_a_pair_is_of_the_domain_that_is_traded_at_unless_another_is_named() -> None:
    assert await named(**EXTERNAL) == "ETH-USDT at binance_perpetual"
    other = {"price_source_derivative": "binance_perpetual_testnet"}
    assert await named(**EXTERNAL, **other) == "ETH-USDT at binance_perpetual_testnet"
    assert (
        await named(LOCAL, **EXTERNAL, price_source_derivative="binance_perpetual") == "ETH-USDT at binance_perpetual"
    )


def test_the_local_exchange_is_no_source_for_who_trades_elsewhere() -> None:
    written = settings(**EXTERNAL, price_source_derivative="binance_perpetual_local")
    with pytest.raises(ConfigFault, match="price_source_derivative"):
        chosen_source(written, LIVE, ManualClock(), lambda line: None)


async def test_an_address_is_asked() -> None:
    written = {"price_source": "custom_api", "price_source_custom_api": "http://127.0.0.1:8000/price"}
    assert await named(**written) == "http://127.0.0.1:8000/price"
