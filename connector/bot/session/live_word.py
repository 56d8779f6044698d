"""The word `live`: before a settings file trades with real money for the first time, what could be lost is shown, and
somebody says so.

Consent is to the settings as they are, for one key: a file that was changed since is asked for anew.
"""

import hashlib
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from connector.bot.quoting.strategy_modules import made
from connector.core.amounts import plain
from connector.core.clock import Clock
from connector.core.enums import MarginType, TradeType
from connector.core.faults import ConfigFault, UnavailableFault, failure_text
from connector.exchange.account.venue_api import VenueApi
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer, key_fingerprint
from connector.strategies.ladder import Quote
from connector.strategies.strategy import RunSettings
from connector.venue.domains import Domain

WORD: Final = "live"
_CONSENTS = "live_settings"
_CENTS, _TENTHS = Decimal("0.01"), Decimal("0.1")
_HUNDRED = Decimal(100)
#: What is shown: what, and how much.
Stakes = tuple[tuple[str, str], ...]


async def stakes(domain: Domain, signer: Signer, settings: RunSettings, clock: Clock) -> Stakes:
    """What these settings put at risk at the price of now. Raises `ConnectorFault`."""
    http = Http(through_proxy=not domain.is_local)
    gateway = Gateway(domain, http, Throttle(), clock)
    gateway.sign_with(signer)
    api = VenueApi(gateway)
    try:
        await gateway.measure_clock()
        rule = (await api.instruments()).rule(settings.market)
        price = await api.index_price_now(rule.symbol)
        if price is None:
            raise UnavailableFault(f"{settings.market}: the exchange tells no price of it")
        brackets = await api.brackets(rule.symbol)
        held = next((row for row in (await api.snapshot()).balances if row.asset == rule.margin_asset), None)
        is_isolated = (await api.leverage(rule.symbol)).margin_type is MarginType.ISOLATED
    finally:
        await http.close()
    quotes, asset = tuple(made(settings).first_quotes(price)), rule.margin_asset
    larger = max(_sum(quotes, side) for side in TradeType)
    rate = next((row.maintenance_rate for row in brackets if larger <= row.notional_cap), brackets[-1].maintenance_rate)
    away = max(Decimal(0), 1 / Decimal(settings.leverage) - rate) * _HUNDRED
    wallet = held.wallet if held else Decimal(0)
    return (
        ("pair, price now", f"{settings.market}, {plain(price)}"),
        ("leverage", f"{settings.leverage} of at most {brackets[0].initial_leverage}"),
        ("buys of the ladder", _text(_sum(quotes, TradeType.BUY), asset)),
        ("sells of the ladder", _text(_sum(quotes, TradeType.SELL), asset)),
        ("margin of the larger side", _text(larger / settings.leverage, asset)),
        ("liquidation of it alone", f"a move of {plain(away.quantize(_TENTHS))} % against it"),
        ("worst case", _worst(larger / settings.leverage, wallet, asset, is_isolated=is_isolated)),
        ("beyond one ladder", "orders that fill are placed anew: a position may grow as long as margin is left"),
    )


def show(domain: Domain, rows: Stakes, console: Console) -> None:
    """As a table."""
    title = f"what could be lost: {domain.name} ({domain.title})"
    table = Table(title=title, title_justify="left", show_header=False, min_width=len(title))
    for row in rows:
        table.add_row(*row)
    console.print(table)


class LiveConsent:
    """What was consented to, by settings and key, in a file of the home."""

    def __init__(self, data: Path, settings_file: Path, signer: Signer) -> None:
        self._file = data / _CONSENTS
        self._mark = f"{hashlib.sha256(settings_file.read_bytes()).hexdigest()[:32]} {key_fingerprint(signer)}"

    @property
    def is_given(self) -> bool:
        """Whether these very settings have traded live with this key. Raises `ConfigFault`."""
        try:
            return self._mark in self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:
            why = f"cannot be read: {failure_text(error)}"
            raise ConfigFault("--home", self._file, why, "remove the file") from error

    def ask(self, word: Callable[[str], str]) -> bool:
        """Whether the word is said."""
        return word(f"This is real money. Type {WORD} to trade with it, anything else to leave: ") == WORD

    def keep(self) -> None:
        """From now on it is given. Raises `ConfigFault`."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(number, "a", encoding="utf-8") as file:
                file.write(f"{self._mark}\n")
        except OSError as error:
            raise ConfigFault("--home", self._file, f"cannot be written: {error.strerror}", "choose another") from error


def _sum(quotes: tuple[Quote, ...], side: TradeType) -> Decimal:
    return sum((quote.amount * quote.price for quote in quotes if quote.trade_type is side), Decimal(0))


def _worst(margin: Decimal, wallet: Decimal, asset: str, *, is_isolated: bool) -> str:
    if is_isolated:
        return f"{_text(margin, asset)} a ladder: its margin is isolated"
    return f"{_text(wallet, asset)}: with cross margin the whole futures wallet stands behind the position"


def _text(amount: Decimal, asset: str) -> str:
    return f"{plain(amount.quantize(_CENTS))} {asset}"
