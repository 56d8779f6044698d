"""Where things lie that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "connector"
#: The settings that every example runs with.
SHIPPED_SETTINGS = ROOT / "conf" / "perpetual_market_making.yml"
#: The second example, tuned on recordings.
TUNED_SETTINGS = ROOT / "conf" / "perpetual_market_making_tuned.yml"
#: Settings that users wrote for another host, as they stand.
USERS_FILES = ROOT / "tests" / "companions" / "strategies" / "users_files"
#: What lies beside the project on some machines and on others not.
SHARED = ROOT.parent / "shared"
RECORDED = SHARED / "data" / "recorded"
RECORDED_2021 = RECORDED / "usdm-2021-07-22"
RECORDED_2024 = RECORDED / "usdm-2024-08-08" / "btcusdt.gz"
