from connector.simulator.accounts.records import COMMISSION, REALIZED_PNL
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import Desk


def test_income_and_trades_tell_the_same_money() -> None:
    desk = Desk()
    maker, taker = desk.trader(), desk.trader()
    maker.limit(BUY, "0.02", "60000")
    taker.market(SELL, "0.02")
    maker.limit(SELL, "0.01", "60100")
    taker.market(BUY, "0.01")
    for trader in (maker, taker):
        trades, income = trader.trades, trader.income
        by_kind = {
            kind: sum(row.amount_e8 for row in income if row.kind == kind) for kind in (COMMISSION, REALIZED_PNL)
        }
        assert by_kind[COMMISSION] == -sum(trade.commission_e8 for trade in trades)
        assert by_kind[REALIZED_PNL] == sum(trade.realised_e8 for trade in trades) != 0
        assert sum(row.amount_e8 for row in income) == trader.account.wallet_e8
        assert len({row.income_id for row in income}) == len(income)
