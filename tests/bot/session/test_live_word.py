"""What could be lost is shown before real money trades, and somebody has to say the word."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.session.live_word import LiveConsent, show, stakes
from connector.config.loader import load_settings
from connector.core.faults import ConfigFault
from connector.core.secrets import Secret
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import LIVE
from tests.companions.local_trading import Trader
from tests.companions.net.gateways import domain_of
from tests.companions.orders.keys import own_key
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.virtual_time import loop_clock

SIGNER = HmacSigner(Secret("a-key"), Secret("a-secret"))


def saying(answer: str) -> Callable[[str], str]:
    return lambda question: answer


async def test_what_could_be_lost_is_said_in_money(venue: LocalExchange, trader: Trader) -> None:
    changes = {"leverage": 20, "order_levels": 2, "order_amount": "0.010", "order_level_amount": "0"}
    settings = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)
    rows = dict(await stakes(domain_of(venue), own_key(venue), settings, loop_clock()))
    assert rows["leverage"] == "20 of at most 125"
    amount, asset = rows["buys of the ladder"].split()
    assert asset == "USDT"
    assert 1_150 < float(amount) < 1_250, "two orders of 0.010 near 60,000"
    assert float(rows["margin of the larger side"].split()[0]) == pytest.approx(float(amount) / 20, rel=0.02)
    assert rows["liquidation of it alone"] == "a move of 4.6 % against it", "a twentieth less the maintenance of 0.4 %"
    assert rows["worst case"].startswith("10000 USDT: with cross margin the whole futures wallet")


def test_the_stakes_are_a_table() -> None:
    console = Console(width=100, record=True)
    show(LIVE, (("worst case", "10 USDT"),), console)
    shown = console.export_text()
    assert "what could be lost: binance_perpetual (live)" in shown
    assert "10 USDT" in shown


@pytest.mark.parametrize(("answer", "is_said"), [("live", True), ("yes", False), ("", False), ("LIVE", False)])
def test_nothing_but_the_word_is_the_word(tmp_path: Path, answer: str, is_said: bool) -> None:
    file = tmp_path / "settings.yml"
    file.write_text("leverage: 10")
    assert LiveConsent(tmp_path, file, SIGNER).ask(saying(answer)) is is_said


def test_consent_is_to_these_settings_and_this_key(tmp_path: Path) -> None:
    file = tmp_path / "settings.yml"
    file.write_text("leverage: 10")
    assert not LiveConsent(tmp_path / "data", file, SIGNER).is_given
    LiveConsent(tmp_path / "data", file, SIGNER).keep()
    assert LiveConsent(tmp_path / "data", file, SIGNER).is_given
    assert not LiveConsent(tmp_path / "data", file, HmacSigner(Secret("another"), Secret("s"))).is_given
    file.write_text("leverage: 100")
    assert not LiveConsent(tmp_path / "data", file, SIGNER).is_given
    (kept,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "a-key" not in kept.read_text()


def test_a_file_of_consents_that_cannot_be_read_asks_for_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "settings.yml"
    file.write_text("leverage: 10")
    (tmp_path / "live_settings").mkdir()
    with pytest.raises(ConfigFault, match="cannot be read"):
        LiveConsent(tmp_path, file, SIGNER).is_given  # noqa: B018 - asking is the deed
    with pytest.raises(ConfigFault, match="cannot be written"):
        LiveConsent(tmp_path, file, SIGNER).keep()
