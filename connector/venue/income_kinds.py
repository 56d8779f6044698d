"""Words of the account book: what moved the wallet. A push of the account carries the same words as its reason.

Source: "Get Income History" and "ACCOUNT_UPDATE", as of 2026-11.
"""

FUNDING_FEE = "FUNDING_FEE"
#: Of contracts on traditional finance, beside the regular one: stock dividends (since 2026-09-10).
SPECIAL_FUNDING_FEE = "SPECIAL_FUNDING_FEE"
FUNDING_KINDS = frozenset({FUNDING_FEE, SPECIAL_FUNDING_FEE})
#: What a liquidation costs beside its loss (below 0), and what the insurance fund bears of it (above 0).
INSURANCE_CLEAR = "INSURANCE_CLEAR"
#: Between this account and another one.
TRANSFER = "TRANSFER"
#: Of a push alone: it changes no wallet.
MARGIN_TYPE_CHANGE = "MARGIN_TYPE_CHANGE"
#: What a push of the account is due to where no money came or went.
NO_TRANSFERS = frozenset({"ORDER", *FUNDING_KINDS, INSURANCE_CLEAR, MARGIN_TYPE_CHANGE, "MARGIN_TRANSFER"})
#: In credits trading mode it stands for margin ("Futures Credits", as of 2026-11).
CREDIT_ASSET = "BNFCR"
#: What a trade moves: each of its lines names the trade.
OF_TRADES = frozenset({"REALIZED_PNL", "COMMISSION"})


def moves_money(kind: str) -> bool:
    """Whether a line of the account book, or a push for that reason, is of money that came or went by itself."""
    return kind not in NO_TRANSFERS and kind not in OF_TRADES
