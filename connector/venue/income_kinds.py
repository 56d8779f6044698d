"""Words of the account book: what moved the wallet. A push of the account carries the same words as its reason.

Source: "Get Income History" and "ACCOUNT_UPDATE", as of 2026-11.
"""

FUNDING_FEE = "FUNDING_FEE"
#: What a trade moves: each of its lines names the trade.
OF_TRADES = frozenset({"REALIZED_PNL", "COMMISSION"})
