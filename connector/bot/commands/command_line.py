"""The command `connector`: what a person types, and what they read when it fails."""

from typing import Annotated

import typer

from connector import __version__
from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands import account_commands, bots, capture_commands
from connector.bot.commands.create import create
from connector.bot.commands.doctor import doctor
from connector.bot.commands.guard import guarded
from connector.bot.commands.history import history
from connector.bot.commands.hummingbot_command import hummingbot
from connector.bot.commands.init import write_example
from connector.bot.commands.limits import limits
from connector.bot.commands.report import report
from connector.bot.commands.run import run
from connector.bot.commands.simulator import simulator
from connector.bot.commands.start import start
from connector.bot.commands.support import support_bundle_command
from connector.bot.home import home_at
from connector.bot.keys import key_commands
from connector.bot.keys.key_commands import HomeOption
from connector.bot.quoting.strategy_command import strategy

app = typer.Typer(add_completion=True, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)

app.command()(run)
app.command()(start)
app.command()(bots.status)
app.command()(bots.stop)
app.command()(bots.pause)
app.command()(bots.resume)
app.command()(bots.orders)
app.command()(bots.positions)
app.command()(bots.balance)
app.command()(doctor)
app.command("support-bundle")(support_bundle_command)
app.command()(key_commands.connect)
app.command()(key_commands.disconnect)
app.command()(key_commands.keys)
app.command()(key_commands.store)
app.command()(key_commands.audit)
app.command("2fa")(key_commands.second_factor)
app.command()(key_commands.approve)
app.command()(create)
app.command()(history)
app.command()(report)
app.command()(account_commands.agreement)
app.command()(account_commands.cancel)
app.command()(limits)
app.command()(capture_commands.rehearse)
app.command()(capture_commands.replay)
app.command()(capture_commands.record)
app.command()(simulator)
app.command()(hummingbot)
app.command()(strategy)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"connector {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    """A perpetual futures connector, its market-making bot and a local exchange."""


@app.command()
def init(as_json: AsJsonOption = False, home: HomeOption = None) -> None:
    """Write the example settings into the home; settings that are there already stay as they are.

    For example: connector init --home ~/bot
    """
    path = write_example(home_at(home))
    CommandOutput(as_json=as_json).give({"file": str(path)}, f"{path}: edit it, then: connector run")


def main() -> None:
    """The command's entry. Every failure is one clear line a problem and a documented exit code."""
    raise SystemExit(guarded(app))
