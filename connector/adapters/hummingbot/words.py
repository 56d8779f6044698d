"""Words of ours and of Hummingbot's: the names are the same, the types are not."""

from typing import Any, Final

from hummingbot.connector.derivative.position import Position as HummingbotPosition
from hummingbot.connector.trading_rule import TradingRule as HummingbotRule
from hummingbot.core.data_type import common
from hummingbot.core.data_type.funding_info import FundingInfo as HummingbotFundingInfo
from hummingbot.core.data_type.in_flight_order import OrderState as HummingbotState
from hummingbot.core.data_type.trade_fee import TokenAmount, TradeFeeBase, TradeFeeSchema

from connector.core.amounts import ZERO
from connector.core.enums import OrderState, OrderType, PositionAction, PositionMode, PositionSide, TradeType
from connector.core.funding_info import FundingInfo
from connector.core.position import Position
from connector.core.trading_rule import TradingRule

ORDER_TYPES: Final = {common.OrderType[name]: OrderType[name] for name in ("LIMIT", "LIMIT_MAKER", "MARKET")}
TRADE_TYPES: Final = {common.TradeType[kind.name]: kind for kind in TradeType}
#: What does not say is an order that opens, in one-way mode whatever the position makes of it.
POSITION_ACTIONS: Final = {
    common.PositionAction.OPEN: PositionAction.OPEN,
    common.PositionAction.CLOSE: PositionAction.CLOSE,
    common.PositionAction.NIL: PositionAction.OPEN,
}
MODES: Final = {common.PositionMode[mode.name]: mode for mode in PositionMode}
THEIR_MODES: Final = {mode: theirs for theirs, mode in MODES.items()}
THEIR_TRADE_TYPES: Final = {kind: theirs for theirs, kind in TRADE_TYPES.items()}
_THEIR_ACTIONS: Final = {action: common.PositionAction[action.name] for action in PositionAction}
_THEIR_SIDES: Final = {side: common.PositionSide[side.name] for side in PositionSide}

#: An order whose outcome nobody knows is one that is not created yet; one that the venue ended is a cancelled one.
STATES: Final = {
    OrderState.PENDING_CREATE: HummingbotState.PENDING_CREATE,
    OrderState.PENDING_UNKNOWN: HummingbotState.PENDING_CREATE,
    OrderState.OPEN: HummingbotState.OPEN,
    OrderState.PARTIALLY_FILLED: HummingbotState.PARTIALLY_FILLED,
    OrderState.PENDING_MODIFY: HummingbotState.OPEN,
    OrderState.PENDING_CANCEL: HummingbotState.OPEN,
    OrderState.FILLED: HummingbotState.FILLED,
    OrderState.CANCELED: HummingbotState.CANCELED,
    OrderState.EXPIRED: HummingbotState.CANCELED,
    OrderState.FAILED: HummingbotState.FAILED,
}


def fee_of(schema: TradeFeeSchema, action: PositionAction, asset: str, amount: Any) -> TradeFeeBase:
    """What a fill cost, exact; below 0 it is a rebate."""
    flat = [TokenAmount(token=asset, amount=amount)] if asset and amount else []
    return TradeFeeBase.new_perpetual_fee(
        fee_schema=schema, position_action=_THEIR_ACTIONS[action], percent_token=asset or None, flat_fees=flat
    )


def their_rule(rule: TradingRule) -> HummingbotRule:
    """A pair's limits in Hummingbot's words; what has no limit is left to its default."""
    limits = {
        "min_order_size": rule.min_amount,
        "max_order_size": rule.max_amount,
        "min_price_increment": rule.tick_size,
        "min_base_amount_increment": rule.step_size,
        "min_notional_size": rule.min_notional,
    }
    return HummingbotRule(
        rule.trading_pair,
        buy_order_collateral_token=rule.margin_asset,
        sell_order_collateral_token=rule.margin_asset,
        **{name: limit for name, limit in limits.items() if limit},
    )


def their_position(position: Position) -> HummingbotPosition:
    """The net position of one-way mode is told by its sign."""
    side = position.position_side
    if side is PositionSide.BOTH:
        side = PositionSide.LONG if position.amount > ZERO else PositionSide.SHORT
    return HummingbotPosition(
        trading_pair=position.trading_pair,
        position_side=_THEIR_SIDES[side],
        unrealized_pnl=position.unrealized_pnl,
        entry_price=position.entry_price,
        amount=position.amount,
        leverage=position.leverage,
    )


def their_funding_info(info: FundingInfo) -> HummingbotFundingInfo:
    """Its time of settlement is in whole seconds."""
    return HummingbotFundingInfo(
        trading_pair=info.trading_pair,
        index_price=info.index_price,
        mark_price=info.mark_price,
        next_funding_utc_timestamp=int(info.next_funding_utc_timestamp),
        rate=info.rate,
    )
