"""Answers about the account: balances, positions, configuration, brackets, income, listen key.

Source: the pages of the "Account" and "User data streams" sections, as of 2026-11.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.reports import BalanceReport, IncomeReport, LeverageReport, PositionReport
from connector.core.secrets import Secret
from connector.wire.json_text import Row, amount, amount_or_none, flag, read

#: The venue writes the margin type in two ways ("traps of case and type").
MARGIN_TYPES = {
    "cross": MarginType.CROSSED,
    "crossed": MarginType.CROSSED,
    "isolated": MarginType.ISOLATED,
}


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """How the account is set up."""

    position_mode: PositionMode
    is_multi_assets: bool
    #: False: the key or the account may not place orders.
    can_trade: bool
    can_withdraw: bool


@dataclass(frozen=True, slots=True)
class LeverageBracket:
    """One step of the notional, and what holds in it."""

    #: The most that is allowed.
    initial_leverage: int
    #: In the quote asset.
    notional_floor: Decimal
    #: In the quote asset.
    notional_cap: Decimal
    maintenance_rate: Decimal
    maintenance_deduction: Decimal


@dataclass(frozen=True, slots=True)
class CommissionRate:
    """Fee rates as fractions of the notional."""

    maker: Decimal
    taker: Decimal


def margin_type_of(word: object) -> MarginType:
    return MARGIN_TYPES[str(word).lower()]


def balances(body: bytes) -> tuple[BalanceReport, ...]:
    def meaning(rows: list[Row]) -> tuple[BalanceReport, ...]:
        return tuple(
            BalanceReport(
                asset=str(row["asset"]),
                wallet=amount(row, "balance"),
                cross_wallet=amount(row, "crossWalletBalance"),
                available=amount_or_none(row, "availableBalance"),
            )
            for row in rows
        )

    return read(body, "balances", meaning)


def position_row(row: Row) -> PositionReport:
    isolated = amount_or_none(row, "isolatedWallet") or Decimal(0)
    return PositionReport(
        symbol=str(row["symbol"]),
        position_side=PositionSide(row["positionSide"]),
        amount=amount(row, "positionAmt"),
        entry_price=amount(row, "entryPrice"),
        unrealized_pnl=amount(row, "unRealizedProfit"),
        margin_type=MarginType.ISOLATED if isolated else MarginType.CROSSED,
        isolated_wallet=isolated,
        liquidation_price=amount_or_none(row, "liquidationPrice"),
    )


def positions(body: bytes) -> tuple[PositionReport, ...]:
    return read(body, "positions", lambda rows: tuple(position_row(row) for row in rows))


def account_config(body: bytes) -> AccountConfig:
    def meaning(row: Row) -> AccountConfig:
        return AccountConfig(
            position_mode=PositionMode.HEDGE if flag(row["dualSidePosition"]) else PositionMode.ONEWAY,
            is_multi_assets=flag(row.get("multiAssetsMargin", False)),
            can_trade=flag(row["canTrade"]),
            can_withdraw=flag(row.get("canWithdraw", False)),
        )

    return read(body, "account configuration", meaning)


def leverage_row(row: Row) -> LeverageReport:
    return LeverageReport(str(row["symbol"]), int(row["leverage"]), amount_or_none(row, "maxNotionalValue"))


def symbol_config(body: bytes) -> LeverageReport:
    """The configuration of the one symbol that was asked for."""
    return read(body, "symbol configuration", lambda rows: leverage_row(rows[0]))


def symbol_configs(body: bytes) -> tuple[LeverageReport, ...]:
    """The configuration of all symbols."""
    return read(body, "symbol configuration", lambda rows: tuple(leverage_row(row) for row in rows))


def leverage(body: bytes) -> LeverageReport:
    return read(body, "leverage", leverage_row)


def leverage_brackets(body: bytes) -> tuple[LeverageBracket, ...]:
    """The brackets of one symbol, lowest notional first. The venue answers an object or a list of one."""

    def meaning(value: Any) -> tuple[LeverageBracket, ...]:
        row = value[0] if isinstance(value, list) else value
        coefficient = amount_or_none(row, "notionalCoef") or Decimal(1)
        brackets = (
            LeverageBracket(
                initial_leverage=int(bracket["initialLeverage"]),
                notional_floor=amount(bracket, "notionalFloor") * coefficient,
                notional_cap=amount(bracket, "notionalCap") * coefficient,
                maintenance_rate=amount(bracket, "maintMarginRatio"),
                maintenance_deduction=amount(bracket, "cum"),
            )
            for bracket in row["brackets"]
        )
        return tuple(sorted(brackets, key=lambda bracket: bracket.notional_floor))

    return read(body, "leverage brackets", meaning)


def commission_rate(body: bytes) -> CommissionRate:
    return read(
        body,
        "commission rate",
        lambda row: CommissionRate(amount(row, "makerCommissionRate"), amount(row, "takerCommissionRate")),
    )


def income(body: bytes) -> tuple[IncomeReport, ...]:
    """Lines of the venue's account book, oldest first."""

    def meaning(rows: list[Row]) -> tuple[IncomeReport, ...]:
        lines = (
            IncomeReport(
                kind=str(row["incomeType"]),
                asset=str(row["asset"]),
                amount=amount(row, "income"),
                time_ms=int(row["time"]),
                income_id=str(row["tranId"]),
                symbol=str(row.get("symbol") or ""),
                trade_id=str(row.get("tradeId") or ""),
            )
            for row in rows
        )
        return tuple(sorted(lines, key=lambda line: line.time_ms))

    return read(body, "income", meaning)


def listen_key(body: bytes) -> Secret:
    return read(body, "listen key", lambda row: Secret(str(row["listenKey"])))
