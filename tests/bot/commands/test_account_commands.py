"""What is asked for before an account is touched by hand."""

from pathlib import Path

from tests.companions.flows.in_process import done


async def test_a_local_account_is_one_of_an_exchange_that_is_named(tmp_path: Path) -> None:
    code, said = await done("cancel", "--everyones", "--yes", home=tmp_path)
    assert (code, said) == (2, "--exchange: (missing): an account of which local exchange?; name a running one")


async def test_nothing_is_cancelled_or_signed_without_a_person_or_a_word_for_it(tmp_path: Path) -> None:
    code, said = await done("cancel", home=tmp_path)
    assert (code, "say --everyones" in said) == (2, True)
    code, said = await done("agreement", "sign", home=tmp_path)
    assert (code, "type this command at a terminal" in said) == (2, True)
