"""What is checked, and set, before the first order: the account's set-up against what the bot wants.

Reading comes first, and everything is read before anything is changed: a wrong setting ends the start without an
order sent or an account setting touched.
"""

from decimal import Decimal

from connector.core.amounts import plain
from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.faults import ConfigFault
from connector.core.reports import LeverageReport, PositionModeReport, PositionReport
from connector.core.trading_rule import TradingRule
from connector.exchange.account.factor_permit import EVERYTHING, Permit
from connector.exchange.account.obstacles import obstacles
from connector.exchange.account.setting_change import SettingChange, carried_out
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


async def confirm_position_mode(api: VenueApi, wanted: PositionMode, permit: Permit = EVERYTHING) -> PositionModeReport:
    """Sets the mode only when it differs, reads it back, and returns what is in force."""
    return await carried_out(
        SettingChange(
            key="position_mode",
            wanted=wanted.value,
            read=lambda: read_position_mode(api),
            is_so=lambda now: now.mode is wanted,
            ask=lambda: api.set_position_mode(wanted),
            shown=lambda now: now.mode.value,
            in_the_way=lambda code: obstacles(api, code),
            barred=permit.bars_modes,
        )
    )


async def read_position_mode(api: VenueApi) -> PositionModeReport:
    """The mode in force."""
    return PositionModeReport((await api.config()).position_mode)


async def confirm_leverage(api: VenueApi, symbol: str, wanted: int, permit: Permit = EVERYTHING) -> LeverageReport:
    """Sets the leverage only when it differs, reads it back, and returns what is in force."""
    return await carried_out(
        SettingChange(
            key="leverage",
            wanted=wanted,
            read=lambda: api.leverage(symbol),
            is_so=lambda now: now.leverage == wanted,
            ask=lambda: api.set_leverage(symbol, wanted),
            shown=lambda now: str(now.leverage),
            in_the_way=lambda code: obstacles(api, code, symbol),
            barred=lambda: permit.bars_leverage(wanted),
        )
    )


async def confirm_margin_type(
    api: VenueApi, symbol: str, wanted: MarginType, permit: Permit = EVERYTHING
) -> LeverageReport:
    """Sets what backs the symbol's positions only when it differs, reads it back, and returns what is in force."""
    return await carried_out(
        SettingChange(
            key="margin_type",
            wanted=wanted.value,
            read=lambda: api.leverage(symbol),
            is_so=lambda now: now.margin_type is wanted,
            ask=lambda: api.setup.set_margin_type(symbol, wanted),
            shown=lambda now: now.margin_type.value if now.margin_type else "no margin type",
            in_the_way=lambda code: obstacles(api, code, symbol),
            barred=permit.bars_modes,
        )
    )


async def confirm_multi_assets(api: VenueApi, wanted: bool, permit: Permit = EVERYTHING) -> AccountConfig:
    """Sets whether all assets back all positions only when it differs, reads it back, and returns what is in force."""
    return await carried_out(
        SettingChange(
            key="multi_assets_mode",
            wanted=wanted,
            read=api.config,
            is_so=lambda now: now.is_multi_assets is wanted,
            ask=lambda: api.setup.set_multi_assets(wanted),
            shown=lambda now: str(now.is_multi_assets),
            in_the_way=lambda code: obstacles(api, code),
            barred=permit.bars_modes,
        )
    )


async def confirm_fee_burn(api: VenueApi, wanted: bool) -> bool:
    """Sets whether fees are paid in BNB only when it differs, reads it back, and returns what is in force."""
    return await carried_out(
        SettingChange(
            key="fee_burn",
            wanted=wanted,
            read=api.setup.fee_burn,
            is_so=lambda now: now is wanted,
            ask=lambda: api.setup.set_fee_burn(wanted),
            shown=str,
        )
    )


async def confirm_isolated_margin(api: VenueApi, symbol: str, side: PositionSide, amount: Decimal) -> PositionReport:
    """Gives an isolated position so much margin more, or less, and returns the position as it is then."""

    async def read() -> PositionReport:
        rows = (await api.snapshot()).positions
        held = next((row for row in rows if (row.symbol, row.position_side) == (symbol, side) and row.amount), None)
        if held is None:
            raise ConfigFault("position_side", side.value, f"{symbol} has no such position", "open one first")
        return held

    before = await read()
    if before.margin_type is not MarginType.ISOLATED:
        raise ConfigFault(
            "amount",
            plain(amount),
            f"the position of {symbol} has cross margin",
            "set the margin type first, when flat",
        )
    # Fees and funding of meanwhile move it, too.
    wanted, slack = before.isolated_wallet + amount, abs(amount) / 2
    return await carried_out(
        SettingChange(
            key="amount",
            wanted=plain(amount),
            read=read,
            is_so=lambda now: abs(now.isolated_wallet - wanted) < slack,
            ask=lambda: api.setup.adjust_margin(symbol, amount, side),
            shown=lambda now: f"an isolated wallet of {plain(now.isolated_wallet)}",
        )
    )
