"""The restart's table, for a person: what a start found at the exchange."""

from rich.table import Table

from connector.exchange.network.restart_table import RestartTable, Whose

#: Orders of others beyond this many are counted, not listed.
_MOST_FOREIGN = 10


def restart_table(found: RestartTable) -> Table:
    """A row an order."""
    table = Table()
    for title in ("whose", "symbol", "order", "client order id", "outcome", ""):
        table.add_column(title)
    foreign = [row for row in found.rows if row.whose is Whose.FOREIGN]
    for row in (*(row for row in found.rows if row.whose is not Whose.FOREIGN), *foreign[:_MOST_FOREIGN]):
        table.add_row(row.whose, row.symbol, row.order, row.client_order_id, row.outcome, row.detail)
    if len(foreign) > _MOST_FOREIGN:
        table.add_row(Whose.FOREIGN, "", f"{len(foreign) - _MOST_FOREIGN} more", "", "kept", "never touched")
    return table
