"""What happens to the account, in one plain line each."""

from decimal import Decimal

from connector.core.account_events import (
    BracketsChangedEvent,
    CreditModeChangedEvent,
    ForeignFillEvent,
    InsuranceClearedEvent,
    LeverageChangedEvent,
    MarginDriftEvent,
    MarginTypeChangedEvent,
    MultiAssetsModeChangedEvent,
    PositionModeChangedEvent,
    PositionSettledEvent,
    TransferEvent,
)
from connector.core.amounts import plain
from connector.core.event_tags import MarketEvent
from connector.core.events import (
    Event,
    FundingPaymentCompletedEvent,
    LiquidationEvent,
    MarginCallEvent,
    PositionDriftEvent,
)

#: Of which each event has a line.
OF_THE_ACCOUNT = (
    MarketEvent.MarginCall,
    MarketEvent.Liquidation,
    MarketEvent.InsuranceCleared,
    MarketEvent.PositionSettled,
    MarketEvent.PositionDrift,
    MarketEvent.MarginDrift,
    MarketEvent.LeverageChanged,
    MarketEvent.MarginTypeChanged,
    MarketEvent.PositionModeChanged,
    MarketEvent.MultiAssetsModeChanged,
    MarketEvent.BracketsChanged,
    MarketEvent.CreditModeChanged,
    MarketEvent.FundingPaymentCompleted,
    MarketEvent.Transfer,
    MarketEvent.ForeignFill,
)


def account_line(event: Event) -> str:
    """The line of an event of the account; empty for any other."""
    return _of_position(event) or _of_setting(event) or _of_money(event)


def _of_position(event: Event) -> str:
    match event:
        case MarginCallEvent():
            return f"margin call: {', '.join(event.trading_pairs)}: liquidation is near"
        case LiquidationEvent():
            what = "auto-deleveraged" if event.auto_deleveraged else "liquidated"
            return f"{what}: {_closed(event)}"
        case PositionSettledEvent():
            return f"settled by the exchange, since the contract ends: {_closed(event)}"
        case PositionDriftEvent():
            ours, theirs = plain(event.ours), plain(event.venue)
            return f"position of {event.trading_pair}: {ours} by the trades, {theirs} by the exchange: that is taken"
        case ForeignFillEvent():
            what = "bought" if event.trade_type.sign > 0 else "sold"
            by = f"order {event.order_id}" if event.order_id else f"an order (number {event.exchange_order_id})"
            return (
                f"not by this bot: {plain(event.amount)} {event.trading_pair} {what} at {_price(event.price)} by {by}"
            )
        case _:
            return ""


def _of_setting(event: Event) -> str:
    match event:
        case LeverageChangedEvent():
            most = f"at most {_price(event.max_notional)} a side"
            return f"another hand set the leverage of {event.trading_pair}: {event.before} to {event.leverage}, {most}"
        case MarginTypeChangedEvent():
            change = f"{event.before} to {event.margin_type}"
            return f"another hand set the margin type of {event.trading_pair}: {change}"
        case PositionModeChangedEvent():
            return f"another hand set the position mode: {event.before.value} to {event.mode.value}"
        case MultiAssetsModeChangedEvent():
            return f"another hand set the multi-assets mode: {'on' if event.is_on else 'off'}"
        case BracketsChangedEvent():
            change = f"{_price(event.before)} to {_price(event.max_notional)}"
            return f"the exchange changed the brackets of {event.trading_pair}: most notional at the leverage {change}"
        case CreditModeChangedEvent():
            return f"credits trading mode: the account {'holds' if event.is_on else 'no longer holds'} the credit asset"
        case _:
            return ""


def _of_money(event: Event) -> str:
    match event:
        case InsuranceClearedEvent() if event.amount < 0:
            paid = f"{plain(-event.amount)} {event.asset}"
            return f"liquidation of {event.trading_pair}: {paid} paid to the insurance fund"
        case InsuranceClearedEvent():
            paid = f"{plain(event.amount)} {event.asset}"
            return f"liquidation of {event.trading_pair}: the insurance fund paid {paid} that the account owed"
        case FundingPaymentCompletedEvent():
            what = "received" if event.amount > 0 else "paid"
            rate = "" if event.funding_rate.is_nan() else f" at {plain(event.funding_rate * 100)} %"
            return f"funding of {event.trading_pair}: {plain(abs(event.amount))} {event.asset} {what}{rate}"
        case MarginDriftEvent():
            ours, theirs = plain(event.ours), plain(event.venue)
            return f"free {event.asset}: {ours} as reckoned, {theirs} by the exchange: the lesser is used"
        case TransferEvent():
            way = "came into" if event.amount > 0 else "went out of"
            return f"{plain(abs(event.amount))} {event.asset} {way} the wallet ({event.reason})"
        case _:
            return ""


def _closed(event: LiquidationEvent | PositionSettledEvent) -> str:
    price = "" if event.price.is_nan() else f" at {_price(event.price)}"
    result = f"result {_known(event.realized_pnl)}, fee {_known(event.fee)}"
    return f"{plain(abs(event.amount))} {event.trading_pair} closed{price}, {result}"


def _known(amount: Decimal) -> str:
    return "unknown" if amount.is_nan() else plain(amount)


def _price(price: Decimal) -> str:
    return f"{price.normalize():,f}"
