"""What a run takes is taken by what starts one, and handed on as it was typed."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.testing import CliRunner

from connector.bot.options_of_command import OptionsOf
from tests.companions.documents.made_tables import commands

HomeOption = Annotated[Path | None, typer.Option()]


def of(name: str) -> set[str]:
    return {option for row in commands()[name].params for option in row.opts}


def test_a_start_takes_every_option_of_a_run_but_that_it_has_no_terminal() -> None:
    assert of("run") - of("start") == {"--headless"}


def test_what_was_typed_is_handed_on_and_nothing_else() -> None:
    def whole(
        what: Annotated[list[str] | None, typer.Argument()] = None,
        name: str | None = None,
        json_file: Annotated[Path | None, typer.Option("--json", "--summary")] = None,
        port: int = 0,
        is_quick: Annotated[bool, typer.Option("--quick")] = False,
        is_left: bool = False,
        home: HomeOption = None,
    ) -> None:
        """It does it."""

    heard: list[tuple[dict[str, Any], list[str]]] = []
    options = OptionsOf(whole, but=("is_left",))

    @options.taken_by
    def begin(
        name: str = "", as_json: Annotated[bool, typer.Option("--json")] = False, home: HomeOption = None, **more: Any
    ) -> None:
        heard.append(({"name": name, "as_json": as_json, "home": home}, list(options.typed(more))))

    app = typer.Typer()
    app.command()(begin)
    words = ["--summary", "/s.json", "--port", "7", "--quick", "--json", "--name", "a", "first", "second"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert CliRunner().invoke(app, []).exit_code == 0
    assert CliRunner().invoke(app, ["--is-left"]).exit_code == 2
    assert heard == [
        (
            {"name": "a", "as_json": True, "home": None},
            ["--summary", "/s.json", "--port", "7", "--quick", "--", "first", "second"],
        ),
        ({"name": "", "as_json": False, "home": None}, []),
    ]
