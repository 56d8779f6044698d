"""The connector's own settings where it runs within Hummingbot: those of `conf/binance_perpetual_pro.yml`, if there is
one, and in any case what such a host needs, where the system can do it."""

import logging
from decimal import Decimal
from pathlib import Path
from typing import Final

from connector.config.connector_settings import ConnectorSettings, connector_settings
from connector.config.gathered_reads import can_gather
from connector.core.faults import ConfigFault

FILE: Final = "binance_perpetual_pro.yml"
#: Its strategies look once a second, and a wake-up of the loop costs more than the frames of that time: they are
#: gathered.
_READ_EVERY_MS: Final = 20
_HUNDRED: Final = Decimal(100)
#: Tells each connection and each end of one to Hummingbot's log, which is read for trades.
_TALKATIVE: Final = "picows"


def host_settings(conf: Path, rate_limits_share: Decimal) -> ConnectorSettings:
    """`rate_limits_share` is Hummingbot's own setting (%): the lesser of both counts. Raises `ConfigFault`."""
    own = connector_settings(conf / FILE, must_exist=False)
    if own.on_risk_limit == "close":
        remedy = "write stop: no order opens any more, and those that rest are cancelled"
        rule = "within Hummingbot nobody closes its positions"
        raise ConfigFault("on_risk_limit", own.on_risk_limit, rule, remedy, str(conf / FILE))
    changes: dict[str, object] = {"rate_limit_share": min(own.rate_limit_share, rate_limits_share or _HUNDRED)}
    if "read_every_ms" not in own.model_fields_set and can_gather():
        changes["read_every_ms"] = _READ_EVERY_MS
    if "book_ticker" not in own.model_fields_set:
        changes["book_ticker"] = False  # its books are written from depth, and nothing there reads a touch of ours
    return own.model_copy(update=changes)


def quiet_libraries() -> None:
    """What a library of ours tells below a warning stays out of Hummingbot's log, unless its user wants it there."""
    logger = logging.getLogger(_TALKATIVE)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)
