"""What is checked, and set, before the first order: the account's set-up against what the bot wants.

Reading comes first, and everything is read before anything is changed: a wrong setting ends the start without an
order sent or an account setting touched.
"""

from decimal import Decimal

from connector.core.amounts import plain
from connector.core.enums import PositionMode
from connector.core.faults import Blame, ConfigFault, Fate, Fault
from connector.core.reports import LeverageReport, PositionModeReport
from connector.core.trading_rule import TradingRule
from connector.exchange.account.venue_api import VenueApi
from connector.wire.account_replies import AccountConfig, LeverageBracket


def check_leverage(rule: TradingRule, leverage: int, brackets: tuple[LeverageBracket, ...], notional: Decimal) -> None:
    """Raises `ConfigFault` when the brackets do not allow the leverage, or not for that much notional."""
    most = brackets[0].initial_leverage
    if leverage > most:
        raise ConfigFault(
            "leverage", leverage, f"the highest bracket of {rule.trading_pair} allows {most}", f"use {most} or less"
        )
    cap = max(bracket.notional_cap for bracket in brackets if bracket.initial_leverage >= leverage)
    if notional > cap:
        raise ConfigFault(
            "leverage",
            leverage,
            f"the bracket of {rule.trading_pair} allows at most {plain(cap)} {rule.quote_asset} at this leverage, "
            f"and all levels of one side come to {plain(notional)}",
            "lower the leverage or the amounts",
        )


def check_account(config: AccountConfig) -> None:
    """Raises `ConfigFault` when the account cannot trade as this connector needs it."""
    if not config.can_trade:
        raise ConfigFault("account", "canTrade=false", "the account may not trade", "enable futures trading")
    if config.is_multi_assets:
        raise ConfigFault(
            "account",
            "multi-assets mode",
            "margin shared between assets is not served",
            "switch the account to single-asset mode",
        )


async def confirm_position_mode(api: VenueApi, wanted: PositionMode) -> PositionModeReport:
    """Sets the mode only when it differs, reads it back, and returns what is in force. No order is cancelled for it."""
    now = await read_position_mode(api)
    if now.mode is not wanted:
        try:
            await api.set_position_mode(wanted)
        except Fault as fault:
            _heed_refusal(fault, "position_mode", wanted.value)
        now = await read_position_mode(api)
    if now.mode is not wanted:
        raise ConfigFault("position_mode", wanted.value, f"the exchange still has {now.mode.value}", "set it by hand")
    return now


async def read_position_mode(api: VenueApi) -> PositionModeReport:
    """The mode in force."""
    return PositionModeReport((await api.config()).position_mode)


async def confirm_leverage(api: VenueApi, symbol: str, wanted: int) -> LeverageReport:
    """Sets the leverage only when it differs, reads it back, and returns what is in force."""
    if (await api.leverage(symbol)).leverage != wanted:
        try:
            await api.set_leverage(symbol, wanted)
        except Fault as fault:
            _heed_refusal(fault, "leverage", wanted)
    now = await api.leverage(symbol)
    if now.leverage != wanted:
        raise ConfigFault("leverage", wanted, f"the exchange still has {now.leverage}", "set it by hand")
    return now


def _heed_refusal(fault: Fault, key: str, value: object) -> None:
    """A definite refusal of what was asked is a setting that is wrong; what is unknown, or done, is read back."""
    if fault.rule.fate in (Fate.DONE, Fate.UNKNOWN):
        return
    if fault.rule.blame in (Blame.REQUEST, Blame.CONFIGURATION, Blame.ACCOUNT):
        raise ConfigFault(key, value, fault.rule.meaning, fault.rule.remedy) from fault
    raise fault
