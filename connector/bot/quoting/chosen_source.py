"""Which price source settings name, made."""

from collections.abc import Callable

from connector.bot.quoting.custom_price import CustomPrice
from connector.bot.quoting.external_market import ExternalMarket
from connector.bot.quoting.source_price import Source, SourcePrice
from connector.core.clock import Clock
from connector.core.faults import ConfigFault
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.setting_kinds import PriceSource
from connector.strategies.strategy import RunSettings
from connector.venue.domains import DOMAINS, Domain


def chosen_source(
    settings: RunSettings, traded_at: Domain, clock: Clock, report: Callable[[str], None]
) -> SourcePrice | None:
    """None where the reference price is the traded market's own. Raises `ConfigFault`."""
    if not isinstance(settings, PerpetualMarketMakingSettings):
        return None
    source: Source
    match settings.price_source:
        case PriceSource.EXTERNAL_MARKET:
            domain = _domain(settings, traded_at)
            source = ExternalMarket(domain, settings.price_source_market or "", settings.price_type, clock)
        case PriceSource.CUSTOM_API:
            every_s = float(settings.custom_api_update_interval)
            source = CustomPrice(settings.price_source_custom_api or "", every_s, clock)
        case _:
            return None
    return SourcePrice(source, settings.price_source_max_age_ms, clock, report)


def _domain(settings: PerpetualMarketMakingSettings, traded_at: Domain) -> Domain:
    """The domain that is named; a local exchange is the one that is traded at, since no other is known."""
    name = settings.price_source_derivative
    if name is None or name == traded_at.name:
        return traded_at
    if DOMAINS[name].is_local:
        raise ConfigFault(
            "price_source_derivative", name, "is the local exchange, and this trades elsewhere", "name another domain"
        )
    return DOMAINS[name]
