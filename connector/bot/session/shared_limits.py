"""The limits that all processes of this machine keep together: those of an address, and those of an account.

Their counts lie in the user's cache folder, whatever home a process has: it is the address, not the home, that the
venue counts. Where the folder can't be used each process counts alone, and the log says so.
"""

from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from connector.bot.home import APP
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.local_exchange import ExchangeEpoch
from connector.bot.session.venues import TradingVenue
from connector.config.connector_settings import ConnectorSettings
from connector.net.limits.shared_counts import SharedCounts, shared_counts
from connector.net.limits.throttle import Throttle, account_pool, address_pool
from connector.net.sign import Signer, key_fingerprint
from connector.venue.domains import Domain

_HUNDRED = Decimal(100)


def limits_folder() -> Path:
    """Where the counts lie for every program of this user."""
    return platformdirs.user_cache_path(APP) / "limits"


class SharedLimits:
    """One process's part in them, until it is closed. `throttle` keeps them."""

    def __init__(self, folder: Path, domain: Domain, signer: Signer, share_percent: Decimal) -> None:
        venue = _name_of(domain)
        self._counts: list[SharedCounts] = []
        share = share_percent / _HUNDRED
        self.throttle = Throttle(
            address=address_pool(share, self._shared(folder / venue)),
            account=account_pool(share, self._shared(folder / f"{venue}-{key_fingerprint(signer)}")),
        )

    def close(self) -> None:
        """Gives the slots free; what others count is not touched."""
        for pool in (self.throttle.address, self.throttle.account):
            pool.count_alone()
        while self._counts:
            self._counts.pop().close()

    def _shared(self, folder: Path) -> SharedCounts | None:
        counts = shared_counts(folder)
        if counts is not None:
            self._counts.append(counts)
        return counts


def _name_of(domain: Domain) -> str:
    """Each local exchange counts by itself."""
    return f"{domain.name}-{urlsplit(domain.rest).port}" if domain.is_local else domain.name


def shared_limits(
    keeping: Keeping | None, venue: TradingVenue, epoch: ExchangeEpoch, settings: ConnectorSettings
) -> SharedLimits | None:
    """The limits that other processes count in, too; None where there are no others: at an exchange of our own."""
    if keeping is None or keeping.limits is None or venue.ends_with_us:
        return None
    return SharedLimits(keeping.limits, venue.domain, epoch.signer, settings.rate_limit_share)
