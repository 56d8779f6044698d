"""Answers about the account: balances, positions, configuration, brackets, income, listen key.

Source: the pages of the "Account" and "User data streams" sections, as of 2026-11.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.figures import FigureError
from connector.core.reports import (
    BalanceReport,
    BracketRow,
    BracketsReport,
    CollateralRate,
    CollateralReport,
    IncomeReport,
    LeverageReport,
    PositionReport,
)
from connector.core.secrets import Secret
from connector.core.trade_fee import CommissionRate
from connector.wire.json_text import (
    Row,
    amount,
    amount_or_none,
    flag,
    id_text,
    positive,
    read,
    rows_of,
    sound_rows,
    time_ms,
    unsigned,
    unsigned_or_none,
    whole,
    word,
    word_or_none,
)

#: The venue has leverages up to 150; what is far above is no leverage.
MOST_LEVERAGE = 1_000
_MOST_FEE_TIER = 100
#: Of the queue of auto-deleveraging.
_MOST_ADL_RANK = 4
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
    #: 0 is that of regular users.
    fee_tier: int = 0


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


def margin_type_of(name: object) -> MarginType:
    return MARGIN_TYPES[str(name).lower()]


def balances(body: bytes) -> tuple[BalanceReport, ...]:
    def meaning(rows: object) -> tuple[BalanceReport, ...]:
        return tuple(
            BalanceReport(
                asset=word(row, "asset"),
                wallet=amount(row, "balance"),
                cross_wallet=amount(row, "crossWalletBalance"),
                available=amount_or_none(row, "availableBalance"),
                time_ms=_changed_ms(row),
            )
            for row in rows_of(rows)
        )

    return read(body, "balances", meaning)


def position_row(row: Row) -> PositionReport:
    isolated = amount_or_none(row, "isolatedWallet") or Decimal(0)
    held = amount(row, "positionAmt")
    return PositionReport(
        symbol=word(row, "symbol"),
        position_side=PositionSide(row["positionSide"]),
        amount=held,
        entry_price=positive(row, "entryPrice") if held else unsigned(row, "entryPrice"),
        unrealized_pnl=amount(row, "unRealizedProfit"),
        margin_type=MarginType.ISOLATED if isolated else MarginType.CROSSED,
        isolated_wallet=isolated,
        liquidation_price=unsigned_or_none(row, "liquidationPrice"),
        time_ms=_changed_ms(row),
        mark_price=unsigned_or_none(row, "markPrice"),
        adl_rank=whole(row, "adl", 0, _MOST_ADL_RANK) if "adl" in row else None,
    )


def _changed_ms(row: Row) -> int | None:
    return None if row.get("updateTime") is None else time_ms(row, "updateTime")


def positions(body: bytes) -> tuple[PositionReport, ...]:
    return read(body, "positions", lambda rows: tuple(position_row(row) for row in rows_of(rows)))


def account_config(body: bytes) -> AccountConfig:
    def meaning(row: Row) -> AccountConfig:
        return AccountConfig(
            position_mode=PositionMode.HEDGE if flag(row["dualSidePosition"]) else PositionMode.ONEWAY,
            is_multi_assets=flag(row.get("multiAssetsMargin", False)),
            can_trade=flag(row["canTrade"]),
            can_withdraw=flag(row.get("canWithdraw", False)),
            fee_tier=whole(row, "feeTier", 0, _MOST_FEE_TIER) if "feeTier" in row else 0,
        )

    return read(body, "account configuration", meaning)


def leverage_row(row: Row) -> LeverageReport:
    leverage = whole(row, "leverage", 1, MOST_LEVERAGE)
    margin_type = None if row.get("marginType") is None else margin_type_of(row["marginType"])
    return LeverageReport(word(row, "symbol"), leverage, unsigned_or_none(row, "maxNotionalValue"), margin_type)


def symbol_config(body: bytes) -> LeverageReport:
    """The configuration of the one symbol that was asked for."""
    return read(body, "symbol configuration", lambda rows: leverage_row(rows_of(rows)[0]))


def symbol_configs(body: bytes) -> tuple[LeverageReport, ...]:
    """The configuration of all symbols."""
    return read(body, "symbol configuration", lambda rows: sound_rows(rows, leverage_row))


def leverage(body: bytes) -> LeverageReport:
    return read(body, "leverage", leverage_row)


def fee_burn(body: bytes) -> bool:
    """Whether fees are paid in BNB, at a discount."""
    return read(body, "fee burn", lambda row: flag(row["feeBurn"]))


def countdown(body: bytes) -> tuple[str, int]:
    """The symbol of a timer, and the ms after which it runs out."""
    return read(body, "countdown", lambda row: (word(row, "symbol"), whole(row, "countdownTime")))


def leverage_brackets(body: bytes, symbol: str) -> tuple[LeverageBracket, ...]:
    """The brackets of the symbol that was asked for, lowest first; the answer is an object or a list of one."""

    def meaning(value: Any) -> tuple[LeverageBracket, ...]:
        row = value[0] if isinstance(value, list) else value
        _require_symbol(row, symbol)
        coefficient = unsigned_or_none(row, "notionalCoef") or Decimal(1)
        brackets = (
            LeverageBracket(
                initial_leverage=whole(bracket, "initialLeverage", 1, MOST_LEVERAGE),
                notional_floor=unsigned(bracket, "notionalFloor") * coefficient,
                notional_cap=positive(bracket, "notionalCap") * coefficient,
                maintenance_rate=unsigned(bracket, "maintMarginRatio"),
                maintenance_deduction=amount(bracket, "cum"),
            )
            for bracket in rows_of(row["brackets"])
        )
        lowest_first = tuple(sorted(brackets, key=lambda bracket: bracket.notional_floor))
        if not lowest_first:
            raise FigureError("there are none")
        return lowest_first

    return read(body, "leverage brackets", meaning)


def brackets_report(symbol: str, rows: tuple[LeverageBracket, ...]) -> BracketsReport:
    """A symbol's brackets as the ledger takes them: floors and deductions follow from the steps."""
    steps = (BracketRow(row.initial_leverage, row.notional_cap, row.maintenance_rate) for row in rows)
    return BracketsReport(symbol, tuple(steps))


def collateral(body: bytes) -> CollateralReport:
    """What each asset counts for in multi-assets mode ("Multi-Assets Mode Asset Index", as of 2026-11)."""

    def meaning(rows: object) -> CollateralReport:
        return CollateralReport(
            tuple(
                CollateralRate(
                    word(row, "symbol").removesuffix("USD"), unsigned(row, "bidRate"), positive(row, "askRate")
                )
                for row in rows_of(rows)
            )
        )

    return read(body, "asset index", meaning)


def commission_rate(body: bytes, symbol: str) -> CommissionRate:
    """The rates of the symbol that was asked for."""

    def meaning(row: Row) -> CommissionRate:
        _require_symbol(row, symbol)
        maker, rpi = amount(row, "makerCommissionRate"), amount_or_none(row, "rpiCommissionRate")
        return CommissionRate(maker, amount(row, "takerCommissionRate"), maker if rpi is None else rpi)

    return read(body, "commission rate", meaning)


def _require_symbol(row: Row, symbol: str) -> None:
    if word(row, "symbol") != symbol:
        raise FigureError(f"symbol: {row['symbol']} was not asked for")


def income(body: bytes) -> tuple[IncomeReport, ...]:
    """Lines of the venue's account book, oldest first."""

    def meaning(rows: object) -> tuple[IncomeReport, ...]:
        lines = (
            IncomeReport(
                kind=word(row, "incomeType"),
                asset=word(row, "asset"),
                amount=amount(row, "income"),
                time_ms=time_ms(row, "time"),
                income_id=id_text(row, "tranId"),
                symbol=word_or_none(row, "symbol"),
                trade_id=id_text(row, "tradeId") if row.get("tradeId") else "",
            )
            for row in rows_of(rows)
        )
        return tuple(sorted(lines, key=lambda line: line.time_ms))

    return read(body, "income", meaning)


def listen_key(body: bytes) -> Secret:
    return read(body, "listen key", _listen_key)


def _listen_key(row: Row) -> Secret:
    """It stands in an address: letters and digits alone."""
    key = word(row, "listenKey")
    if not (key.isascii() and key.replace("-", "").replace("_", "").isalnum()):
        raise FigureError("listenKey: has other letters than a key")
    return Secret(key)
