"""The commands that act on an account by hand: `connector agreement`, `connector cancel`."""

import sys
from functools import partial
from typing import Annotated

import typer

from connector.bot.commands.agreement import AgreementAct, is_at_terminal, sign_agreement, typed
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
    home: HomeOption = None,
) -> None:
    """Sign the exchange's agreement about contracts on traditional finance (-4411), asked at a terminal."""
    check_domain(domain)
    row = domain_named(domain or local_name())
    if not is_at_terminal():
        sys.stderr.write(f"agreement {act}: a person signs it: type this command at a terminal, not in a script\n")
        raise typer.Exit(ExitCode.USAGE)
    venue = _signing_venue(row, exchange, KeyHome(home, password_from))

    async def signed() -> None:
        epoch = await venue.epoch()
        await sign_agreement(venue.domain, epoch.signer, SystemClock(), typer.echo, typed)

    with in_use(venue):
        run_to_end(signed())


def cancel(
    everyones: Annotated[
        bool, typer.Option("--everyones", help="Orders of other programs and of the app too; must be said.")
    ] = False,
    pair: Annotated[str | None, typer.Option(help="Of one pair, such as BTC-USDT; else of every pair.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Cancel what is listed without asking.")] = False,
    domain: DomainOption = None,
    exchange: ExchangeOption = None,
    password_from: PasswordOption = None,
    home: HomeOption = None,
) -> None:
    """Cancel every open order of a pair or of the account, whoever placed it: listed first, asked at a terminal."""
    check_domain(domain)
    row = domain_named(domain or local_name())
    if not everyones:
        sys.stderr.write("cancel: it takes the orders of everyone on the account: say --everyones\n")
        raise typer.Exit(ExitCode.USAGE)
    if not yes and not is_at_terminal():
        sys.stderr.write("cancel: asked at a terminal: type this command there, or add --yes\n")
        raise typer.Exit(ExitCode.USAGE)
    venue = _signing_venue(row, exchange, KeyHome(home, password_from))

    async def cancelled() -> None:
        epoch = await venue.epoch()
        wanted = None if pair is None else pair.strip().upper()
        await cancel_everyones(venue.domain, epoch.signer, SystemClock(), wanted, typer.echo, None if yes else typed)

    with in_use(venue):
        run_to_end(cancelled())


def _signing_venue(row: Domain, exchange: str | None, keys: KeyHome) -> TradingVenue:
    """Where a command acts on an account: a running local exchange, or a domain whose key is unlocked."""
    if not row.is_local:
        return key_at_start(keys, row, partial(check_key, tells_withdrawal_alone=True), typer.echo)
    if exchange is None:
        raise OptionFault("--exchange", "(missing)", "an account of which local exchange?", "name a running one")
    return attached(exchange, partial(typer.echo, err=True))
