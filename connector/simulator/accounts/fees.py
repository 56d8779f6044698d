"""What a fill costs: a share of its notional, in the quote asset or, discounted, in BNB ("Commission")."""

from connector.core.value_objects import value_object
from connector.simulator.accounts.accounts import Account
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import LIQUIDATION, Order

BURNED = "BNB"
#: What is left of a fee that is paid in BNB.
BURNED_SHARE_E8 = 90 * E8 // 100


@value_object
class Match:
    """Two orders met."""

    trade_id: int
    maker: Order
    taker: Order
    ticks: int
    lots: int


@value_object
class Fee:
    """What one fill costs."""

    asset: str
    #: Of `asset`.
    amount_e8: int
    #: What it is worth in the contract's quote asset.
    quote_e8: int


def fee_of(account: Account, order: Order, match: Match, row: Instrument, collateral: CollateralPrices) -> Fee:
    """The fee of one side of a match; the exchange's own orders pay none, the clearance fee comes in its place."""
    if order.kind == LIQUIDATION:
        return Fee(row.quote, 0, 0)
    rate_e8 = row.maker_fee_e8 if order is match.maker else row.taker_fee_e8
    fee_e8 = half_up(row.value_e16(match.ticks, match.lots) * rate_e8, E8 * E8)
    if account.burns_bnb:
        worth_e8 = half_up(fee_e8 * BURNED_SHARE_E8, E8)
        burned_e8 = half_up(worth_e8 * collateral.index_e8(row.quote), collateral.index_e8(BURNED))
        if burned_e8 <= account.cross_wallet_e8(BURNED):
            return Fee(BURNED, burned_e8, worth_e8)
    return Fee(row.quote, fee_e8, fee_e8)
