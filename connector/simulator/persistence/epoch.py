"""What a life of the exchange is made of, and how one begins or goes on."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.simulator.access.api_keys import ApiKey, ApiKeys
from connector.simulator.background.background import Background
from connector.simulator.background.growing_recording import GrowingRecording
from connector.simulator.background.recorded_traffic import read_recording
from connector.simulator.background.recordings import Recording, WrittenRecording
from connector.simulator.background.replayed_market import ReplayedMarket, instruments_of
from connector.simulator.background.seeded_market import SeededMarket
from connector.simulator.background.symbol_model import MAKERS, TAKERS
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.persistence.journal import Journal
from connector.simulator.persistence.saved_state import SavedEpoch, load, save, save_aside
from connector.simulator.settings import SimulatorSettings

#: The background's own accounts have this much of every quote asset each: never short of margin.
HOUSE_DEPOSIT_E8 = 10**12 * E8

Market = SeededMarket | ReplayedMarket


@dataclass(slots=True)
class Epoch:
    """One life of the exchange, from its beginning on or from where a state file left it."""

    name: str
    engine: Engine
    api_keys: ApiKeys
    #: The ready-made account's key.
    default_key: ApiKey
    market: Market
    journal: Journal | None = None


def begun(settings: SimulatorSettings, now_ms: int, steady_ms: int) -> Epoch:
    """A new life, or the one in the settings' state file. Raises `BadInput`."""
    kept = load(settings.state) if settings.state else None
    if kept is None:
        return _new(settings, now_ms, steady_ms)
    kept.market.resume(steady_ms - kept.steady_ms)
    return Epoch(kept.name, kept.engine, kept.api_keys, kept.default_key, kept.market)


def _new(settings: SimulatorSettings, now_ms: int, steady_ms: int) -> Epoch:
    instruments = instruments_of(settings.replay) if settings.replay else settings.instruments
    terms: dict[str, Any] = {
        "start_ms": now_ms,
        "instruments": instruments,
        "funding_first_ms": round(settings.funding_first_s * 1000),
        "funding_interval_ms": round(settings.funding_interval_s * 1000),
        "insurance_e8": to_e8(settings.insurance_fund),
    }
    engine = Engine(**terms)
    journal = Journal(settings.journal, engine, terms) if settings.journal else None
    for symbol, hours in settings.funding_hours.items():
        engine.begin_funding(symbol, hours)
    house = [engine.open_account(HOUSE_DEPOSIT_E8, now_ms, is_house=True).account_id for _ in range(MAKERS + TAKERS)]
    for asset in sorted({row.quote for row in instruments} - {"USDT"}):
        for account_id in house:
            engine.transfer(account_id, HOUSE_DEPOSIT_E8, now_ms, asset)
    market: Market
    recording = _recording(settings, steady_ms)
    if recording is not None:
        market = ReplayedMarket(recording, engine, (house[0], house[-1]))
    else:
        background = Background(settings.seed, instruments, settings.price_scripts)
        market = SeededMarket(background, engine, house, steady_ms, settings.pace)
    api_keys = ApiKeys()
    account = engine.open_account(to_e8(settings.deposit), now_ms)
    default_key = api_keys.admit(account.account_id, created_ms=now_ms)
    return Epoch(secrets.token_hex(8), engine, api_keys, default_key, market, journal)


def _recording(settings: SimulatorSettings, steady_ms: int) -> Recording | None:
    """The one that is the market, if any is. Raises `BadInput`."""
    if settings.growing_replay is not None:
        return GrowingRecording(settings.growing_replay)
    if settings.replay is not None:
        return WrittenRecording(read_recording(settings.replay), steady_ms, settings.pace)
    return None


def saved(epoch: Epoch, path: Path, steady_ms: int) -> None:
    """Keeps a life that a seeded market moves. Raises OSError."""
    if (kept := _to_keep(epoch, steady_ms)) is not None:
        save(path, kept)


async def saved_aside(epoch: Epoch, path: Path, steady_ms: int) -> None:
    """`saved`, as the life is now, while it goes on."""
    if (kept := _to_keep(epoch, steady_ms)) is not None:
        await save_aside(path, kept)


def _to_keep(epoch: Epoch, steady_ms: int) -> SavedEpoch | None:
    if not isinstance(epoch.market, SeededMarket):
        return None
    return SavedEpoch(epoch.name, epoch.engine, epoch.api_keys, epoch.default_key, epoch.market, steady_ms)
