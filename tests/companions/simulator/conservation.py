"""Whether money was made or lost: at any moment, for each asset, exactly and at any mark price,

    wallets + unrealised + fees + funding + exchanged + dust = deposits

over all accounts, the insurance fund's among them, and their futures, spot and funding wallets. Positions keep their
exact cost, so nothing here is rounded.
"""

from connector.simulator.engine import Engine
from connector.simulator.fixed_point import E8


def imbalances_e16(engine: Engine) -> dict[str, int]:
    """What each asset has too much (> 0) or too little of; empty when the books are right."""
    found: dict[str, int] = {}
    for asset, house in engine.clearing.house_ledger.accounts.items():
        kept_e8 = house.fees_e8 + house.funding_e8 + house.exchanged_e8 - house.deposits_e8
        found[asset] = kept_e8 * E8 + house.dust_e16
    for account in engine.accounts.values():
        for wallet in (account.wallets, account.spot, account.funding):
            for asset, wallet_e8 in wallet.items():
                found[asset] = found.get(asset, 0) + wallet_e8 * E8
        for position in account.held():
            asset, mark_e8 = position.instrument.quote, engine.listings[position.instrument.symbol].mark_price.mark_e8
            found[asset] = found.get(asset, 0) + position.unrealised_e16(mark_e8)
    return {asset: imbalance for asset, imbalance in found.items() if imbalance}


def conserved(engine: Engine) -> bool:
    """Whether the books of every asset are right, and every contract has as many longs as shorts."""
    net: dict[str, int] = {}
    for account in engine.accounts.values():
        for position in account.held():
            symbol = position.instrument.symbol
            net[symbol] = net.get(symbol, 0) + position.lots
    return not imbalances_e16(engine) and not any(net.values())
