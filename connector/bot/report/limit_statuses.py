"""The user's limits as a snapshot has them."""

from connector.bot.report.snapshot import LimitStatus
from connector.exchange.derivative import PerpetualDerivative
from connector.risk.bounds import OnRiskLimit
from connector.risk.limit_row import LimitRow

_KEPT_BACK = "orders that would pass it are kept back"


def limit_statuses(connector: PerpetualDerivative) -> tuple[LimitStatus, ...]:
    """Use and bound of each that is on."""
    risk = connector.components.risk
    closes = risk.bounds.on_risk_limit is OnRiskLimit.CLOSE
    lost = {row.name for row in risk.struck}
    follows = "the position is closed and the run ends" if closes else "no order leaves any more that opens"
    return tuple(
        LimitStatus(row.name, row.use, row.bound, row.unit, _struck(row, follows if row.name in lost else _KEPT_BACK))
        for row in risk.rows()
    )


def _struck(row: LimitRow, follows: str) -> str:
    return follows if row.struck else ""
