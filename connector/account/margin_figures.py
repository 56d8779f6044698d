"""What the account's margin comes to now: per asset, per position. Reckoned when asked, of sums that are kept.

The sums stand in `margin.py`, the price in `liquidation_price.py`, each with its page. Where brackets of anything that
is held were not read yet, whatever depends on maintenance is None.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from connector.account.brackets import maintenance_e8
from connector.account.ledger import Ledger
from connector.account.liquidation_price import AT_PAR, PairTerms, Support, liquidation_price_e8
from connector.account.margin import Backing, CollateralRates, IsolatedPosition, joint_backing
from connector.account.margin_state import MarginState
from connector.account.pair_budget import SIDES, PairBudget
from connector.core.amounts import NAN, from_e8, half_up, to_e8
from connector.core.enums import MarginType, PositionSide
from connector.core.position import PositionMargin

_WHICH = {side: which for which, side in SIDES}


class MarginFigures:
    """Reads the margin state; everything in 1e-8 unless it says otherwise."""

    def __init__(self, ledger: Ledger, state: MarginState) -> None:
        self._ledger, self._state = ledger, state

    def backing(self, asset: str) -> Backing | None:
        """What backs the cross positions of an asset, in it; in multi-assets mode all of them, in USD.

        None while prices, rates or brackets of what is held are missing.
        """
        if self._state.unpriced:
            return None
        if self._ledger.is_multi_assets:
            return self._joint(None)
        return self._part(asset, None)

    def withdrawable_e8(self, asset: str) -> int | None:
        """The most of an asset that may leave the wallet, what others took of the account left in it; None where the
        backing is not known."""
        backing = self.backing(asset)
        if backing is None:
            return None
        most_e8 = backing.withdrawable_e8
        if self._ledger.is_multi_assets:
            most_e8 = self._state.rates(asset).in_asset_e8(most_e8)
        self._state.share_out()
        own = self._state.asset(asset)
        return max(0, min(most_e8, own.wallet_e8, own.free_e8))

    def position(self, trading_pair: str, side: PositionSide) -> PositionMargin | None:
        """One position's figures; None where it is flat, or nobody knows a price. Raises `ArgumentFault` for a pair
        that is not traded."""
        pair = self._state.pair(trading_pair)
        row = self._ledger.position(pair.symbol, side)
        if row is None or not pair.sums.mark_e8:
            return None
        which = _WHICH[side]
        position_e8, orders_e8, maintenance, result_e8 = self.margin_e8(trading_pair, side)
        price_e8, ratio_e8 = self.liquidation_price_e8(trading_pair, side), self._ratio_e8(pair, which)
        return PositionMargin(
            trading_pair=trading_pair,
            position_side=side,
            margin_type=row.margin_type,
            notional=from_e8(_notional_e8(pair, which)),
            initial_margin=from_e8(position_e8),
            order_margin=from_e8(orders_e8),
            maintenance_margin=_known(maintenance),
            unrealized_pnl=from_e8(result_e8),
            isolated_wallet=row.isolated_wallet,
            margin_ratio=_known(ratio_e8),
            liquidation_price=_known(price_e8),
        )

    def margin_e8(self, trading_pair: str, side: PositionSide) -> tuple[int, int, int | None, int]:
        """Of one position side: margin of the position, of its open orders, maintenance, and unrealised result. Raises
        `ArgumentFault` for a pair that is not traded."""
        pair, which = self._state.pair(trading_pair), _WHICH[side]
        position_e8, orders_e8, result_e8, _ = pair.sums.figures(which)
        return position_e8, orders_e8, self.maintenance_e8(pair, which), result_e8

    def maintenance_e8(self, pair: PairBudget, which: int) -> int | None:
        """What one position side needs to stay alive; None while its brackets are not known."""
        notional_e8 = abs(_notional_e8(pair, which))
        if not notional_e8:
            return 0
        brackets = self._ledger.brackets(pair.symbol)
        return maintenance_e8(brackets, notional_e8) if brackets else None

    def liquidation_price_e8(self, trading_pair: str, side: PositionSide) -> int | None:
        """The mark price at which a position is liquidated while nothing else moves, 0 where no price does it; both
        cross sides of a hedged pair share it. None while it can't be reckoned."""
        pair = self._state.pair(trading_pair)
        brackets = self._ledger.brackets(pair.symbol)
        if not brackets or not pair.sums.mark_e8:
            return None
        terms = PairTerms(pair.contract, brackets, pair.sums.mark_e8, to_e8(pair.rule.max_price))
        row = self._ledger.position(pair.symbol, side)
        if row is not None and row.margin_type is MarginType.ISOLATED:
            return liquidation_price_e8(terms, Support(to_e8(row.isolated_wallet)), [pair.stake(_WHICH[side])])
        support = None if self._state.unpriced else self._support(pair)
        if support is None:
            return None
        return liquidation_price_e8(terms, support, [pair.stake(which) for which, _ in SIDES])

    def _support(self, pair: PairBudget) -> Support | None:
        """What stands behind a pair's cross positions beside themselves."""
        own = self._part(pair.margin_asset, pair)
        if own is None:
            return None
        if not self._ledger.is_multi_assets:
            return Support(own.margin_balance_e8, own.maintenance_e8)
        joint, rates = self._joint(pair), self._state.rates(pair.margin_asset)
        if joint is None:
            return None
        others_e8 = joint.margin_balance_e8 - rates.backs_e8(own.margin_balance_e8)
        others_e8 -= joint.maintenance_e8 - rates.takes_e8(own.maintenance_e8)
        return Support(own.margin_balance_e8, own.maintenance_e8, others_e8, _as_is(rates))

    def _ratio_e8(self, pair: PairBudget, which: int) -> int | None:
        if not pair.is_isolated(which):
            backing = self.backing(pair.margin_asset)
            return None if backing is None else backing.ratio_e8
        row = self._ledger.position(pair.symbol, SIDES[which][1])
        needed_e8 = self.maintenance_e8(pair, which)
        if row is None or needed_e8 is None:
            return None
        position_e8, _, result_e8, _ = pair.sums.figures(which)
        return IsolatedPosition(to_e8(row.isolated_wallet), result_e8, position_e8, needed_e8).ratio_e8

    def _joint(self, without: PairBudget | None) -> Backing | None:
        names = tuple(dict.fromkeys((*self._ledger.balances, *self._state.assets)))
        parts = [(self._state.rates(name), self._part(name, without)) for name in names]
        known = [(rates, part) for rates, part in parts if part is not None]
        return joint_backing(known) if len(known) == len(parts) else None

    def _part(self, name: str, without: PairBudget | None) -> Backing | None:
        """One asset's own backing, the positions and orders of one pair left out."""
        asset = self._state.asset(name)
        initial_e8, result_e8, isolated_e8 = asset.drawn_e8, asset.result_e8, asset.isolated_orders_e8
        if without is not None and without.margin_asset == name:
            for which, _ in SIDES:
                position_e8, orders_e8, won_e8, _ = without.sums.figures(which)
                initial_e8 -= orders_e8
                if without.is_isolated(which):
                    isolated_e8 -= orders_e8
                else:
                    initial_e8 -= position_e8
                    result_e8 -= won_e8
        needed_e8 = self._needed_e8(pair for pair in self._pairs_of(name) if pair is not without)
        if needed_e8 is None:
            return None
        return Backing(asset.wallet_e8, result_e8, initial_e8, needed_e8, isolated_e8)

    def _needed_e8(self, pairs: Iterable[PairBudget]) -> int | None:
        """Maintenance of the cross positions of pairs."""
        total_e8 = 0
        for pair in pairs:
            for which, _ in SIDES:
                if pair.is_isolated(which) or not pair.sums.held(which):
                    continue
                needed_e8 = self.maintenance_e8(pair, which)
                if needed_e8 is None:
                    return None
                total_e8 += needed_e8
        return total_e8

    def _pairs_of(self, asset: str) -> Iterator[PairBudget]:
        return (pair for pair in self._state.pairs.values() if pair.margin_asset == asset)


def _notional_e8(pair: PairBudget, which: int) -> int:
    """Signed, at mark."""
    held = pair.sums.held(which)
    return half_up(held * pair.contract.unit(pair.sums.mark_e8), pair.contract.scale) if held else 0


def _as_is(rates: CollateralRates) -> CollateralRates:
    """An asset at par stands for itself, which is reckoned faster."""
    return AT_PAR if rates == AT_PAR else rates


def _known(figure_e8: int | None) -> Decimal:
    return NAN if figure_e8 is None else from_e8(figure_e8)
