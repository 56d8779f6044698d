"""What the account can't pay for is told with the amount that it could."""

from connector.bot.quoting.unpaid_quotes import unpaid_quotes
from connector.exchange.derivative import PerpetualDerivative
from connector.strategies.ladder import planned
from tests.companions.local_trading import PAIR
from tests.companions.strategies.scene import D, settings


async def told(connector: PerpetualDerivative, **written: object) -> list[str]:
    await connector.set_leverage(PAIR, 1)
    return unpaid_quotes(connector, PAIR, planned(settings(**written), D(60_000)))


async def test_what_can_be_paid_for_is_not_told(connector: PerpetualDerivative) -> None:
    assert await told(connector, order_amount="0.01") == []


async def test_an_amount_beyond_the_account_is_told_with_what_would_pass(connector: PerpetualDerivative) -> None:
    (line,) = await told(connector, order_amount="5")
    assert line.startswith("order_amount: is not placed as things are: BTC-USDT buy 5 "), line
    assert "would pass" in line


async def test_a_further_level_is_told_by_its_own_key(connector: PerpetualDerivative) -> None:
    (line,) = await told(connector, order_amount="0.01", order_levels="2", order_level_amount="5")
    assert line.startswith("order_level_amount: "), line
