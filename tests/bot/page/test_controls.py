"""What the page may do: its pause is the pause of the command, whoever began it."""

from connector.bot.control.controlled_run import PAUSE
from connector.bot.page.controls import Controls
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.bot.session.openings_signals import OpeningsHolders
from connector.bot.watched_run import Steering, WatchedRun
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR


def steered(connector: PerpetualDerivative) -> tuple[Controls, OpeningsHolders]:
    run, holders = WatchedRun(), OpeningsHolders()
    run.steering = Steering(lambda: None, holders.shut, holders.release)
    run.begin(StatusSource(connector, Accounting(PAIR), PAIR))
    return Controls(run), holders


async def test_a_pause_of_the_command_is_shown_and_can_be_ended(connector: PerpetualDerivative) -> None:
    controls, holders = steered(connector)
    holders.steer(connector.openings)
    assert not controls.is_paused
    holders.shut(PAUSE)
    assert controls.is_paused
    controls.resume()
    assert connector.openings.is_open
    assert not controls.is_paused


async def test_a_pause_before_an_epoch_begins_holds_in_it(connector: PerpetualDerivative) -> None:
    controls, holders = steered(connector)
    controls.pause()
    assert connector.openings.is_open
    holders.steer(connector.openings)
    assert controls.is_paused


async def test_resuming_opens_nothing_that_another_shut(connector: PerpetualDerivative) -> None:
    controls, holders = steered(connector)
    holders.steer(connector.openings)
    connector.openings.shut("the file")
    controls.pause()
    controls.resume()
    assert connector.openings.shut_by == ("the file",)
