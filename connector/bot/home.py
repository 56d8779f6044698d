"""Where a user's files lie: settings, journal and logs, under one folder."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP = "perpetual-connector"
VARIABLE = "CONNECTOR_HOME"
#: The strategy's settings, in the home and as an example inside the package.
SETTINGS_NAME = "perpetual_market_making.yml"
#: Another example for that strategy, tuned on recordings.
TUNED_SETTINGS_NAME = "perpetual_market_making_tuned.yml"
#: The connector's own, in the home and as an example inside the package.
CONNECTOR_SETTINGS_NAME = "connector.yml"


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one user."""

    conf: Path
    data: Path
    #: Made when it is first written to.
    logs: Path
    #: Which one it is, as its user knows it, and what names it to another command.
    title: str = "this home"
    option: str = ""

    @property
    def settings(self) -> Path:
        """The settings of the strategy, whether they are there or not."""
        return self.conf / SETTINGS_NAME

    @property
    def connector_settings(self) -> Path:
        """The connector's own settings, whether they are there or not."""
        return self.conf / CONNECTOR_SETTINGS_NAME

    @property
    def strategies(self) -> Path:
        """Strategies of the user's own, whether there are any or not. In a user's own folders they lie with the
        settings: the folder above those belongs to other programs."""
        return (self.conf.parent if self.conf.name == "conf" else self.conf) / "strategies"

    @property
    def rehearsals(self) -> Path:
        """What rehearsals left, as `data` has it of runs: apart from those, which may be of money."""
        return self.data / "rehearsals"

    @property
    def key_stores(self) -> Path:
        """Where keys are sealed, made when the first one is."""
        return self.conf / "connectors"

    @property
    def audit_log(self) -> Path:
        """Who did what with keys."""
        return self.data / "audit.log"


def home_at(given: Path | None) -> Home:
    """`given`, else CONNECTOR_HOME, else the current folder if it holds `conf/`, else the user's own folders."""
    if given is not None:
        return _below(given, f"the home {given}", f" --home {shlex.quote(str(given))}")
    if by_name := os.environ.get(VARIABLE):
        return _below(Path(by_name), f"the home {by_name} (by {VARIABLE})")
    if (Path.cwd() / "conf").is_dir():
        return _below(Path.cwd(), f"the home {Path.cwd()} (the current folder)")
    folders = platformdirs.user_config_path(APP), platformdirs.user_data_path(APP), platformdirs.user_log_path(APP)
    title = f"your own folders (no --home, no {VARIABLE}, no conf/ in the current folder; settings: {folders[0]})"
    return Home(*folders, title)


def _below(root: Path, title: str, option: str = "") -> Home:
    return Home(root / "conf", root / "data", root / "logs", title, option)
