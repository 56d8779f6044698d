"""The commands that act on an account by hand: `connector agreement`, `connector cancel`."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands.agreement import AgreementAct, sign_agreement
from connector.bot.commands.cancel import cancel_everyones
from connector.bot.commands.options import DomainOption, ExchangeOption, check_domain, local_name
from connector.bot.exit_codes import ExitCode
from connector.bot.keys.key_at_start import key_at_start
from connector.bot.keys.key_check import check_key
from connector.bot.keys.key_commands import HomeOption, PasswordOption
from connector.bot.keys.key_home import KeyHome
from connector.bot.session.local_exchange import attached
from connector.bot.session.venues import TradingVenue, in_use
from connector.core.faults import OptionFault
from connector.net.lookups import run_to_end
from connector.net.system_clock import SystemClock
from connector.venue.domains import Domain, domain_named


def agreement(
    act: Annotated[AgreementAct, typer.Argument(metavar="sign", help="Say what is signed, ask, and sign it.")],
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Sign the exchange's agreement about contracts on traditional finance (-4411), asked at a terminal.

    For example: connector agreement sign --domain binance_perpetual_testnet
    """
    output = CommandOutput(as_json=as_json)
    check_domain(domain)
    row = domain_named(domain or local_name())
    if not output.is_at_terminal:
        sys.stderr.write(f"agreement {act}: a person signs it: type this command at a terminal, not in a script\n")
        raise typer.Exit(ExitCode.USAGE)
    venue = _signing_venue(row, exchange, KeyHome(home, password_from), output.say)

    async def signed() -> bool:
        epoch = await venue.epoch()
        return await sign_agreement(venue.domain, epoch.signer, SystemClock(), output.say, output.typed)

    with in_use(venue):
        output.give({"domain": row.name, "is_signed": run_to_end(signed())})


def cancel(
    everyones: Annotated[
        bool, typer.Option("--everyones", help="Orders of other programs and of the app too; must be said.")
    ] = False,
    pair: Annotated[str | None, typer.Option(help="Of one pair, such as BTC-USDT; else of every pair.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Cancel what is listed without asking.")] = False,
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    password_from: PasswordOption = None,
    as_json: AsJsonOption = False,
    home: HomeOption = None,
) -> None:
    """Cancel every open order of a pair or of the account, whoever placed it: listed first, asked at a terminal.

    For example: connector cancel --everyones --pair BTC-USDT --domain binance_perpetual_testnet
    """
    output = CommandOutput(as_json=as_json)
    check_domain(domain)
    row = domain_named(domain or local_name())
    if not everyones:
        sys.stderr.write("cancel: it takes the orders of everyone on the account: say --everyones\n")
        raise typer.Exit(ExitCode.USAGE)
    if not yes and not output.is_at_terminal:
        sys.stderr.write("cancel: asked at a terminal: type this command there, or add --yes\n")
        raise typer.Exit(ExitCode.USAGE)
    venue = _signing_venue(row, exchange, KeyHome(home, password_from), output.say)
    wanted = None if pair is None else pair.strip().upper()
    ask = None if yes else output.typed

    async def cancelled() -> list[str]:
        epoch = await venue.epoch()
        return await cancel_everyones(venue.domain, epoch.signer, SystemClock(), wanted, output.say, ask)

    with in_use(venue):
        output.give({"domain": row.name, "pair": wanted, "cancelled": run_to_end(cancelled())})


def _signing_venue(row: Domain, exchange: str | None, keys: KeyHome, say: Callable[[str], None]) -> TradingVenue:
    """Where a command acts on an account: a running local exchange, or a domain whose key is unlocked."""
    if not row.is_local:
        return key_at_start(keys, row, partial(check_key, tells_withdrawal_alone=True), say)
    if exchange is None:
        raise OptionFault("--exchange", "(missing)", "an account of which local exchange?", "name a running one")
    return attached(exchange, partial(typer.echo, err=True))
