"""Figures that several tests share: one pair's rule as the venue has it today."""

from dataclasses import replace
from decimal import Decimal

from connector.core.trading_rule import TradingRule

BTC_RULE = TradingRule(
    trading_pair="BTC-USDT",
    symbol="BTCUSDT",
    base_asset="BTC",
    quote_asset="USDT",
    margin_asset="USDT",
    is_trading=True,
    status="TRADING",
    contract_size=Decimal(1),
    tick_size=Decimal("0.1"),
    min_price=Decimal("556.8"),
    max_price=Decimal(4529764),
    step_size=Decimal("0.001"),
    min_amount=Decimal("0.001"),
    max_amount=Decimal(1000),
    market_step_size=Decimal("0.001"),
    min_market_amount=Decimal("0.001"),
    max_market_amount=Decimal(120),
    min_notional=Decimal(50),
    price_band_up=Decimal("1.05"),
    price_band_down=Decimal("0.95"),
    max_orders=200,
)


def rule_of(trading_pair: str, **changes: object) -> TradingRule:
    """The sample rule under another pair's names, with some figures changed."""
    base, quote = trading_pair.split("-")
    names = {"symbol": base + quote, "base_asset": base, "quote_asset": quote, "margin_asset": quote}
    return replace(BTC_RULE, **{"trading_pair": trading_pair, **names, **changes})  # type: ignore[arg-type]
