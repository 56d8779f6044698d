"""The connector's own settings where it runs within Hummingbot: those of `conf/binance_perpetual_pro.yml`, if there is
one, and in any case what such a host needs, where the system can do it."""

from decimal import Decimal
from pathlib import Path
from typing import Final

from connector.config.connector_settings import ConnectorSettings, connector_settings
from connector.config.gathered_reads import can_gather

FILE: Final = "binance_perpetual_pro.yml"
#: Its strategies look once a second, and a wake-up of the loop costs more than the frames of that time: they are
#: gathered, as often as depth itself is told.
_READ_EVERY_MS: Final = 100
_HUNDRED: Final = Decimal(100)


def host_settings(conf: Path, rate_limits_share: Decimal) -> ConnectorSettings:
    """`rate_limits_share` is Hummingbot's own setting (%): the lesser of both counts. Raises `ConfigFault`."""
    own = connector_settings(conf / FILE, must_exist=False)
    changes: dict[str, object] = {"rate_limit_share": min(own.rate_limit_share, rate_limits_share or _HUNDRED)}
    if "read_every_ms" not in own.model_fields_set and can_gather():
        changes["read_every_ms"] = _READ_EVERY_MS
    return own.model_copy(update=changes)
