"""What the account's margin comes to now: per asset, per position. Reckoned when asked, of sums that are kept.

The sums stand in `margin.py`, the price in `liquidation_price.py`, each with its page. Where brackets of anything that
is held were not read yet, whatever depends on maintenance is None.
"""

from collections.abc import Iterator
from decimal import Decimal

from connector.account.ledger import Ledger
from connector.account.liquidation_price import AT_PAR, Support, liquidation_price_e8
from connector.account.margin import Backing, CollateralRates, IsolatedPosition, joint_backing
from connector.account.margin_book import AssetSum
from connector.account.margin_state import MarginState
from connector.account.pair_budget import SIDES, PairBudget
from connector.core.amounts import NAN, from_e8, to_e8
from connector.core.enums import MarginType, PositionSide
from connector.core.position import PositionMargin
from connector.core.reports import PositionReport

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
            return self._joint()
        return _part(self._state.asset(asset))

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

    def positions(self) -> list[PositionMargin]:
        """The figures of every position of ours, at the prices of now; those without a price are left out."""
        found: list[PositionMargin] = []
        ratios: dict[str, Decimal] = {}
        for trading_pair in tuple(self._state.pairs):
            pair = self._state.pair(trading_pair)
            for which, side in SIDES:
                if pair.sums.held(which):
                    margin = self._of(trading_pair, pair, side, ratios)
                    found += () if margin is None else (margin,)
        return found

    def position(self, trading_pair: str, side: PositionSide) -> PositionMargin | None:
        """One position's figures; None where it is flat, or nobody knows a price. Raises `ArgumentFault` for a pair
        that is not traded."""
        return self._of(trading_pair, self._state.pair(trading_pair), side, {})

    def _of(
        self, trading_pair: str, pair: PairBudget, side: PositionSide, ratios: dict[str, Decimal]
    ) -> PositionMargin | None:
        """`ratios` keeps what all cross positions of an asset share from one position to the next."""
        row, sums, which = self._ledger.position(pair.symbol, side), pair.sums, _WHICH[side]
        if row is None or not sums.mark_e8:
            return None
        position_e8, orders_e8, result_e8, _ = sums.figures(which)
        return PositionMargin(
            trading_pair=trading_pair,
            position_side=side,
            margin_type=row.margin_type,
            notional=from_e8(sums.held_e8(which)),
            initial_margin=from_e8(position_e8),
            order_margin=from_e8(orders_e8),
            maintenance_margin=_known(sums.needed_e8(which)),
            unrealized_pnl=from_e8(result_e8),
            isolated_wallet=row.isolated_wallet,
            margin_ratio=self._ratio(pair, which, row, ratios),
            liquidation_price=_known(self._liquidated_at_e8(pair, which, row)),
        )

    def margin_e8(self, trading_pair: str, side: PositionSide) -> tuple[int, int, int | None, int]:
        """Of one position side: margin of the position, of its open orders, maintenance, and unrealised result. Raises
        `ArgumentFault` for a pair that is not traded."""
        pair, which = self._state.pair(trading_pair), _WHICH[side]
        position_e8, orders_e8, result_e8, _ = pair.sums.figures(which)
        return position_e8, orders_e8, pair.sums.needed_e8(which), result_e8

    def liquidation_price_e8(self, trading_pair: str, side: PositionSide) -> int | None:
        """The mark price at which a position is liquidated while nothing else moves, 0 where no price does it; both
        cross sides of a hedged pair share it. None while it can't be reckoned."""
        pair = self._state.pair(trading_pair)
        return self._liquidated_at_e8(pair, _WHICH[side], self._ledger.position(pair.symbol, side))

    def _liquidated_at_e8(self, pair: PairBudget, which: int, row: PositionReport | None) -> int | None:
        terms = pair.liquidation_terms()
        if terms is None:
            return None
        if row is not None and row.margin_type is MarginType.ISOLATED:
            return liquidation_price_e8(terms, Support(to_e8(row.isolated_wallet)), (pair.stake(which),))
        support = None if self._state.unpriced else self._support(pair)
        if support is None:
            return None
        return liquidation_price_e8(terms, support, pair.stakes_beside(which))

    def _support(self, pair: PairBudget) -> Support | None:
        """What stands behind a pair's cross positions beside themselves."""
        own = pair.asset
        if own.unbracketed:
            return None
        result_e8, needed_e8 = pair.sums.cross()
        own_e8, own_need_e8 = own.wallet_e8 + own.result_e8 - result_e8, own.needed_e8 - needed_e8
        if not self._ledger.is_multi_assets:
            return Support(own_e8, own_need_e8)
        others_e8 = 0
        for name, asset in self._all_assets():
            if asset.unbracketed:
                return None
            if asset is not own:
                rates = self._state.rates(name)
                others_e8 += rates.backs_e8(asset.wallet_e8 + asset.result_e8) - rates.takes_e8(asset.needed_e8)
        return Support(own_e8, own_need_e8, others_e8, _as_is(self._state.rates(pair.margin_asset)))

    def _ratio(self, pair: PairBudget, which: int, row: PositionReport, ratios: dict[str, Decimal]) -> Decimal:
        if not pair.is_isolated(which):
            if pair.margin_asset not in ratios:
                backing = self.backing(pair.margin_asset)
                ratios[pair.margin_asset] = NAN if backing is None else from_e8(backing.ratio_e8)
            return ratios[pair.margin_asset]
        needed_e8 = pair.sums.needed_e8(which)
        if needed_e8 is None:
            return NAN
        position_e8, _, result_e8, _ = pair.sums.figures(which)
        return from_e8(IsolatedPosition(to_e8(row.isolated_wallet), result_e8, position_e8, needed_e8).ratio_e8)

    def _joint(self) -> Backing | None:
        parts = [(self._state.rates(name), _part(asset)) for name, asset in self._all_assets()]
        known = [(rates, part) for rates, part in parts if part is not None]
        return joint_backing(known) if len(known) == len(parts) else None

    def _all_assets(self) -> Iterator[tuple[str, AssetSum]]:
        names = tuple(dict.fromkeys((*self._ledger.balances, *self._state.assets)))
        return ((name, self._state.asset(name)) for name in names)


def _part(asset: AssetSum) -> Backing | None:
    """One asset's own backing; None while brackets of what it backs are not known."""
    if asset.unbracketed:
        return None
    return Backing(asset.wallet_e8, asset.result_e8, asset.drawn_e8, asset.needed_e8, asset.isolated_orders_e8)


def _as_is(rates: CollateralRates) -> CollateralRates:
    """An asset at par stands for itself, which is reckoned faster."""
    return AT_PAR if rates == AT_PAR else rates


def _known(figure_e8: int | None) -> Decimal:
    return NAN if figure_e8 is None else from_e8(figure_e8)
