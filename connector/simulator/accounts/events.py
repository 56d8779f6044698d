"""What the engine's doings mean for the accounts they touch: facts that the user streams tell."""

from connector.core.value_objects import value_object
from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.algo_orders import AlgoOrder
from connector.simulator.accounts.positions import Position
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BOTH, Order

#: Reasons of an account change, by "Balance and position update": `a.m`.
BY_ORDER, BY_FUNDING, BY_DEPOSIT, BY_WITHDRAWAL = "ORDER", "FUNDING_FEE", "DEPOSIT", "WITHDRAW"
BY_MARGIN_TRANSFER, BY_MARGIN_TYPE, BY_INSURANCE = "MARGIN_TRANSFER", "MARGIN_TYPE_CHANGE", "INSURANCE_CLEAR"
BY_AUTO_EXCHANGE = "AUTO_EXCHANGE"


@value_object
class Execution:
    """One fill as its order's owner sees it."""

    trade_id: int
    ticks: int
    lots: int
    commission_e8: int
    realised_e8: int
    is_maker: bool
    commission_asset: str = "USDT"


@value_object
class PositionRow:
    """A position as it stands after the change; amounts signed."""

    symbol: str
    position_side: str
    lots: int
    entry_e8: int
    break_even_e8: int
    realised_e8: int
    unrealised_e8: int
    is_isolated: bool = False
    isolated_e8: int = 0


@value_object
class BalanceRow:
    """A wallet as it stands after the change, and its cross part."""

    asset: str
    wallet_e8: int
    cross_e8: int
    #: What moved beside profit and commission.
    change_e8: int = 0


@value_object
class AccountChanged:
    """Wallets or positions moved: those that did are named."""

    account_id: int
    time_ms: int
    reason: str
    balances: tuple[BalanceRow, ...] = ()
    positions: tuple[PositionRow, ...] = ()
    funding_symbol: str = ""


@value_object
class Fill:
    """What one match did to an order's owner: the fill itself, and the account as it stands after it."""

    execution: Execution
    account: AccountChanged


@value_object
class OrderChanged:
    """An order moved, and with a fill its owner's account at the same moment."""

    account_id: int
    time_ms: int
    #: Read for what never moves; what does is copied.
    order: Order
    #: `x` of "Order update".
    execution_type: str
    status: str
    filled_lots: int
    filled_value: int
    expiry_reason: int
    #: Of the symbol's open orders on either side, afterwards.
    bid_notional_e8: int
    ask_notional_e8: int
    fill: Fill | None = None
    #: The owner's own number of an amendment.
    modify_id: int | None = None


@value_object
class LeverageChanged:
    """The leverage in force for a symbol is another one."""

    account_id: int
    time_ms: int
    symbol: str
    leverage: int


@value_object
class AlgoChanged:
    """A conditional order moved: its status, what its child has filled by then, whether a trailing stop is armed."""

    account_id: int
    time_ms: int
    order: AlgoOrder
    status: str
    filled_lots: int
    filled_value: int
    armed: bool


@value_object
class AssetModeChanged:
    """Multi-assets mode is on, or off."""

    account_id: int
    time_ms: int
    multi_assets: bool


@value_object
class CalledPosition:
    """A position whose margin runs short, and the maintenance that it needs."""

    row: PositionRow
    mark_e8: int
    maintenance_e8: int


@value_object
class MarginCalled:
    """Margin runs short."""

    account_id: int
    time_ms: int
    #: The cross wallet, None where an isolated position is meant.
    cross_e8: int | None
    positions: tuple[CalledPosition, ...]


AccountEvent = OrderChanged | AccountChanged | LeverageChanged | AlgoChanged | AssetModeChanged | MarginCalled


def position_rows(account: Account, listing: Listing) -> tuple[PositionRow, ...]:
    """The symbol's positions as a push names them: in hedge mode a flat BOTH row stands beside the others."""
    sides = account.sides() if BOTH in account.sides() else (BOTH, *account.sides())
    held = [account.position(listing.instrument, side) for side in sides]
    is_isolated = listing.symbol in account.isolated
    return tuple(position_row(position, listing.mark_price.mark_e8, is_isolated=is_isolated) for position in held)


def position_row(position: Position, mark_e8: int, *, is_isolated: bool) -> PositionRow:
    """A position as it stands at that mark price."""
    return PositionRow(
        symbol=position.instrument.symbol,
        position_side=position.position_side,
        lots=position.lots,
        entry_e8=position.entry_e8(),
        break_even_e8=position.break_even_e8(),
        realised_e8=position.realised_e8,
        unrealised_e8=position.unrealised_e8(mark_e8),
        is_isolated=is_isolated,
        isolated_e8=position.isolated_e8,
    )
