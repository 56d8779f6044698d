"""`connector 2fa …` and `connector approve …`: the second factor of a domain, and what is approved beforehand."""

import time
from collections.abc import Callable
from contextlib import closing
from enum import StrEnum

from connector.bot.command_output import Facts
from connector.bot.keys.factor_gate import passed_with_code
from connector.bot.keys.key_home import KeyHome
from connector.bot.keys.prompts import Abandoned
from connector.core.faults import ApprovalFault, ConfigFault, NoKeyFault, OptionFault
from connector.keys.approvals import Approval, Approved, span_s
from connector.keys.one_time_codes import address_of, new_secret, picture_of
from connector.keys.second_factor import SecondFactor

Say = Callable[[str], None]


class FactorAct(StrEnum):
    """What can be done with it."""

    ENABLE = "enable"
    DISABLE = "disable"
    STATUS = "status"


class ApproveAct(StrEnum):
    """What can be approved, and its end."""

    UNLOCK = "unlock"
    LEVERAGE = "leverage"
    MODES = "modes"
    REVOKE = "revoke"


def enable(keys: KeyHome, domain: str, leverage_above: int, say: Say) -> Facts:
    """Shows the QR, confirms with a code, and shows ten recovery codes once. Raises `ConnectorFault`."""
    terminal = keys.asked()
    with closing(keys.opened(domain, by_given=True)) as store:
        factor = SecondFactor(store)
        if factor.state() is not None:
            raise ConfigFault("2fa", domain, "is on already", "to enrol another device, disable it first")
        secret = new_secret()
        # At the terminal: what a command prints may go into a file.
        terminal.say(picture_of(address_of(secret, domain)))
        try:
            # Seen by who enrols, as the picture is: an app without a camera takes it typed.
            terminal.say(f"Read it with your app, or type its key there: {secret.reveal()}")
            while True:
                codes = factor.enable(secret, terminal.hidden("Enter the code that the app shows >>> "), leverage_above)
                if codes is not None:
                    break
                terminal.say("this code is wrong; is the clock of this machine right?")
        except Abandoned:
            raise ApprovalFault("the second factor stays off") from None
        keys.record("enabled second factor", domain, "", store)
        terminal.say("Recovery codes, shown this once, each serves once; keep them where the device is not:")
        for code in codes:
            terminal.say(f"    {code}")
        say(f"the second factor of {domain} is on")
    return {"domain": domain, "is_on": True, "leverage_above": leverage_above}


def disable(keys: KeyHome, domain: str, say: Say) -> Facts:
    """By a code or a recovery code. Raises `ApprovalFault`."""
    terminal = keys.asked()
    with closing(keys.opened(domain, by_given=True)) as store:
        try:
            SecondFactor(store).disable(terminal.hidden("Enter a code, or a recovery code >>> "))
        except Abandoned:
            raise ApprovalFault("the second factor stays on") from None
        except ApprovalFault:
            keys.record("refused", domain, "disable second factor: wrong code", store)
            raise
        keys.record("disabled second factor", domain, "", store)
        say(f"the second factor of {domain} is off, and with it every approval; enrol again: connector 2fa enable")
    return {"domain": domain, "is_on": False}


def status(keys: KeyHome, domain: str, say: Say) -> Facts:
    """Whether it is on, and what is approved: said, and returned. Raises `KeyStoreFault`."""
    with closing(keys.opened(domain)) as store:
        factor = SecondFactor(store)
        state = factor.state()
        if state is None:
            say(f"{domain}: the second factor is off")
            return {"domain": domain, "is_on": False, "approvals": []}
        say(f"{domain}: on; asked above leverage {state.leverage_above}; {len(state.recovery)} recovery codes left")
        now_s, approvals = store.store.now_s(), factor.approvals()
        for each in approvals:
            bound = f" {each.bound}" if each.bound else ""
            over = "" if each.until_s > now_s else " (over)"
            say(f"  {each.what}{bound} for {each.user} until {_time(each.until_s)}{over}")
        return {
            "domain": domain,
            "is_on": True,
            "leverage_above": state.leverage_above,
            "recovery_codes_left": len(state.recovery),
            "approvals": [_as_facts(each, is_over=each.until_s <= now_s) for each in approvals],
        }


def approve(keys: KeyHome, domain: str, what: Approved, bound: int, span: str, say: Say) -> Facts:
    """By password and a fresh code. Raises `ApprovalFault`, `ConfigFault`."""
    keys.asked()
    for_s = span_s(span)
    with closing(keys.opened(domain, by_given=True)) as store:
        factor = SecondFactor(store)
        if factor.state() is None:
            raise ConfigFault(
                "approve", domain, "has no second factor, so nothing needs approval", "connector 2fa enable"
            )
        wanted = f"{what} {bound}" if bound else str(what)
        passed_with_code(keys, store, f"approve {wanted} for {span}")
        approval = factor.approve(what, bound, for_s)
        keys.record("approved", domain, f"{wanted} until {_time(approval.until_s)}", store)
        say(f"approved: {wanted} on {domain}, for {approval.user}, until {_time(approval.until_s)}")
        return {"domain": domain, **_as_facts(approval, is_over=False)}


def revoke(keys: KeyHome, domain: str, say: Say) -> Facts:
    """Ends all approvals; a password is enough to be stricter. Raises `KeyStoreFault`."""
    with closing(keys.opened(domain)) as store:
        count = SecondFactor(store).revoke()
        keys.record("revoked approvals", domain, str(count), store)
        say(f"{domain}: {count} approvals ended")
    return {"domain": domain, "ended": count}


def only_domain(keys: KeyHome, named: str | None) -> str:
    """The domain that is meant: the named one, or the only one that has a key. Raises `ConfigFault`, `NoKeyFault`."""
    if named is not None:
        return named
    domains = keys.store.domains()
    if not domains:
        raise NoKeyFault(f"{keys.store.folder}: no key is stored; give it one: connector connect DOMAIN")
    if len(domains) > 1:
        raise OptionFault("--domain", "(missing)", "several domains have a key", f"name one of {', '.join(domains)}")
    return domains[0]


def _as_facts(approval: Approval, *, is_over: bool) -> Facts:
    return {
        "what": approval.what,
        "bound": approval.bound or None,
        "user": approval.user,
        "until_s": approval.until_s,
        "is_over": is_over,
    }


def _time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
