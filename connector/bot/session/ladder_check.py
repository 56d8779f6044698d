"""What a start says of the ladder that the settings describe, before a quote of it is sent: all of it at once."""

from connector.bot.quoting.kept_back_quotes import kept_back_quotes
from connector.config.loader import SettingsFault
from connector.core.amounts import plain
from connector.core.faults import ConfigFault
from connector.core.trading_rule import TradingRule
from connector.exchange.derivative import PerpetualDerivative
from connector.risk.bounds import RiskBounds
from connector.strategies.ladder import Quote
from connector.strategies.start_check import largest_side
from connector.strategies.strategy import RunSettings, Strategy


class LadderCheck:
    """The quotes as they would be at this moment's price."""

    def __init__(self, connector: PerpetualDerivative, settings: RunSettings, strategy: Strategy) -> None:
        self._connector = connector
        self._settings, self._strategy = settings, strategy
        self._reference = connector.get_mid_price(settings.market)
        #: Unrounded.
        self.quotes = tuple(strategy.first_quotes(self._reference))

    @property
    def _rule(self) -> TradingRule:
        return self._connector.trading_rules[self._settings.market]

    async def refuse(self) -> None:
        """Raises `SettingsFault` with all that the pair's rules and brackets refuse, levels of one amount
        as one."""
        settings, rows = self._settings, self._connector.account_positions.values()
        held = [row.amount for row in rows if row.trading_pair == settings.market]
        by_value: dict[object, ConfigFault] = {}
        for fault in self._strategy.start_refusals(self._rule, self._reference):
            by_value.setdefault(fault.value, fault)
        faults = list(by_value.values())
        notional = largest_side(self.quotes, held, self._reference)
        try:
            await self._connector.check_leverage(settings.market, settings.leverage, notional)
        except ConfigFault as fault:
            faults.append(fault)
        if faults:
            raise SettingsFault(tuple(faults))

    def kept_back(self, bounds: RiskBounds) -> list[str]:
        """What a limit of the user's own would never let out, a line each."""
        return kept_back_quotes(bounds, self._rule, self.quotes)

    def off_grid(self) -> list[str]:
        """What becomes of amounts that are off the lot grid, a line each."""
        return sorted({_cut(quote, self._rule) for quote in self.quotes} - {""})


def _cut(quote: Quote, rule: TradingRule) -> str:
    """Says what becomes of an amount that is off the lot grid; empty for one that is on it."""
    traded = rule.quantize_amount(quote.amount)
    if traded == quote.amount:
        return ""
    return f"{quote.key}: {plain(quote.amount)} is traded as {plain(traded)}: the lot is {plain(rule.step_size)}"
