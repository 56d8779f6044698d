"""The shape of the project, checked: floors, sub-rooms, purity, sizes, names, and a test file for every module."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.companions.places import PACKAGE, ROOT

#: What each room may import of the others; a room always may import itself.
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "venue": {"core"},
    "strategies": {"core"},
    "wire": {"core", "venue"},
    "market": {"core", "venue"},
    "orders": {"core"},
    "account": {"core", "venue"},
    "risk": {"core", "venue"},
    "net": {"core", "venue"},
    "store": {"core"},
    "config": {"core", "venue"},
    "keys": {"core", "venue"},
    "exchange": {"core", "venue", "wire", "market", "orders", "account", "risk", "net", "config"},
    "simulator": {"core"},
    "adapters": {"core", "venue", "orders", "account", "net", "config", "exchange"},
    "bot": {
        "core", "venue", "strategies", "wire", "market", "orders", "account", "risk", "net", "config", "keys",
        "store", "exchange", "simulator",
    },
}  # fmt: skip

#: The sub-rooms of the great rooms, lowest first; a set are modules that lie in the room itself. Each may import
#: itself and what stands before it.
SUB_ROOMS: dict[str, tuple[str | set[str], ...]] = {
    "simulator": (
        {"fixed_point", "ids", "history", "errors", "clock", "json_bytes", "stop_signals", "http_transport"},
        "fault_injection", "access", "market", "accounts", "matching", "risk",
        {"engine", "settings", "contract_faults", "contract_controls", "account_faults"},
        "background", "persistence", "payloads", "streams",
        {"replicas"},
        {"runtime", "trails"},
        "rest", "local", "ws_api",
        {"server", "command", "flags", "garbage", "network_access", "http_handler", "http_server"},
    ),
    "exchange": (
        {
            "beat", "bus", "gates", "instance", "order_journaling", "report_dispatcher", "push", "fill_relay",
            "hop_times", "plain", "compiled",
        },
        "account", "orders", "market_data", "network",
        {"account_calls", "order_calls", "margin_calls", "history_calls", "derivative", "risk_assembly", "assemble"},
    ),
    "net": (
        {
            "clock_meter", "clock_sync", "system_clock", "error_bodies", "query_text", "answer_body", "reach",
            "core_dumps", "lookups",
        },
        "rest",
        {"http"},
        "limits",
        {
            "hmac_key", "json_params", "sign", "spelling", "handshakes", "reconnects", "listener", "subscriptions",
            "stream_socket", "stream", "ws_connection", "ws_replies", "ws_api", "order_sockets", "gateway", "plain",
            "compiled",
        },
    ),
    "keys": (
        {
            "approvals", "audit", "commit", "costs", "credentials", "factor_state", "faults", "file_locks", "key_file",
            "key_shapes", "key_store", "key_text", "machine_user", "one_time_codes", "open_store", "password_rules",
            "password_sources", "private_files", "re_wrapping", "recovery_codes", "sealing", "second_factor", "slots",
            "system_keyring", "typed_text",
        },
        "hummingbot",
    ),
    "adapters": ("hummingbot",),
    "bot": (
        {
            "command_output", "exit_codes", "home", "logs", "loopback_server", "options_of_command", "tables",
            "waiting_lines",
        },
        "plugin", "report",
        {"watched_run", "service_manager"},
        "records", "analysis", "metrics", "quoting", "session", "rehearsal", "control", "notify", "page",
        {"run_watchers"}, "keys", "commands",
    ),
}  # fmt: skip
#: Rooms of twins: what others import, and the plain and the compiled twin of it.
TWINS = {"plain", "compiled"}
TWIN_ROOMS = {"account", "core", "exchange", "market", "net", "orders", "store", "strategies", "wire"}

PURE_ROOMS = ("core", "venue", "strategies", "wire", "market", "orders", "account", "risk")
IMPURE_MODULES = {"asyncio", "socket", "selectors", "time", "aiohttp", "picows", "uvloop", "requests", "ssl"}
IMPURE_CALLS = re.compile(r"(?<![\w.])open\(|datetime\.now|datetime\.utcnow|\.read_text\(|\.write_text\(")

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_MODULES_OF_A_FOLDER = 25
TOP_LEVEL = {
    "setup.py", "pyproject.toml", "connector", "tests", "conf", "scripts", "README.md", "LICENSE",
    "CHANGELOG.md", "MANIFEST.in", "docs",
}  # fmt: skip

#: Modules that were moved or renamed, by room: nothing stands at their old places any more.
MOVED_MODULES = {
    "account": "collateral margin_preview purse",
    "bot": "books captures command_line exchange_books life local_exchange quoter record replay runner screen status "
    "summary view",
    "core": "_frame_taker_c candidates captures",
    "exchange": "book_source cross_check door feed_report funding_facts funding_source listing liveness order_entry "
    "parts preflight reconcile roster snapshots spread_stream stream_echo ticker_lead trade_check user_source "
    "venue_account",
    "market": "_depth_reader_c _facts_c _feed_c _feed_py _frames_c _frames_py _funding_rate_c _funding_rate_py "
    "_heading_c _ladder_c _manners_c _narrow_c _numbers_c _order_book_c _order_book_py _quick_levels_c _quick_scan_c "
    "_roster_c _scan_c _simd_c _symbol_feed_c _symbol_feed_py _text_c _wide_c book_questions",
    "net": "_listener_c _listener_py line admission limit_pause limit_window shared_counts silence throttle",
    "orders": "announcements takeovers",
    "simulator": "access.py account_desk account_events account_payloads account_routes accounts.py addresses "
    "admission algo_admission algo_book algo_desk algo_orders algo_payloads algo_routes algo_weather amendments "
    "answers auto_exchange background.py bans batches book calls candle_feed candle_payloads candle_routes candles "
    "clearing collateral connection consequences conservation contract_feed contract_strikes control_messages "
    "countdown day_payloads day_window deleveraging delisting depth_feed depth_weather doors drill_routes "
    "fault_script faults fees filters floor flow_model forced_orders funding_schedule hub index_payloads "
    "index_routes inputs instrument_payloads instruments insurance journal key_routes keys latency life liquidation "
    "liquidation_feed listing local_keys local_routes margin market_feed market_payloads market_routes matching.py "
    "members not_offered open_orders order_lookups order_payloads order_routes orders pace page parameters payments "
    "placing pools porter position_payloads position_routes positions price_scripts procession quotes "
    "recorded_traffic records refusals replayed_market risk.py routes rpi_depth rpi_feed saved_state security "
    "seeded_market shipped spoiled state_hash statement stream_names symbol_model tape trading_hours treasury "
    "user_feed user_weather virtual_clock whole_market_feed wire_frames ws_api.py ws_api_methods ws_api_replies "
    "ws_api_requests ws_api_socket",
}
#: Modules of tests that were moved, below `tests/`.
MOVED_TESTS = (
    "weather.py samples.py virtual_time.py market/test_what_bites.py market/test_what_repeats.py account/scenes.py "
    "market/scenes.py orders/scenes.py strategies/scene.py strategies/rehearsal.py simulator/algos.py "
    "simulator/callers.py simulator/listeners.py simulator/oracle_book.py simulator/recordings.py "
    "simulator/riskdesk.py simulator/traders.py simulator/ws_callers.py flows/asking.py flows/browser.py "
    "flows/chaos.py flows/programs.py flows/soup.py"
)
#: Classes that were renamed where their module kept its name, or that a new module must not bring along.
RENAMED_CLASSES = {
    "bot/report/accounting.py": {"Books"},
    "bot/report/exchange_accounting.py": {"ExchangeBooks"},
    "bot/session/session.py": {"Life"},
    "core/faults.py": {"BooksFault"},
    "exchange/account/ack_event_watch.py": {"StreamEcho"},
    "exchange/account/pair_rules.py": {"Listing"},
    "exchange/account/venue_api.py": {"VenueAccount"},
    "exchange/market_data/funding_terms.py": {"FundingFacts"},
    "exchange/market_data/mark_trade_source.py": {"FundingSource"},
    "exchange/market_data/quiet_book_check.py": {"CrossCheck"},
    "exchange/market_data/quiet_trades_check.py": {"TradeCheck"},
    "exchange/market_data/sharded_stream.py": {"SpreadStream"},
    "exchange/network/components.py": {"Parts", "MarketParts"},
    "exchange/report_dispatcher.py": {"Door"},
    "market/book_queries.py": {"BookQuestions"},
    "net/stream_socket.py": {"Line"},
    "orders/system_orders.py": {"Takeovers"},
    "simulator/accounts/house_ledger.py": {"Treasury", "Chest"},
    "simulator/accounts/order_totals.py": {"OpenOrders"},
    "simulator/accounts/margin_pools.py": {"Pools"},
    "simulator/access/api_keys.py": {"Member", "Members"},
    "simulator/access/rate_limits.py": {"Pace"},
    "simulator/contract_faults.py": {"ContractStrikes"},
    "simulator/errors.py": {"Refusal"},
    "simulator/http_handler.py": {"Doors"},
    "simulator/http_server.py": {"Gate", "_Porter"},
    "simulator/market/collateral_prices.py": {"Collateral"},
    "simulator/market/mark_price.py": {"Quotes"},
    "simulator/market/rolling_day.py": {"DayWindow"},
    "simulator/matching/account_settings.py": {"AccountDesk"},
    "simulator/matching/algo_engine.py": {"AlgoDesk"},
    "simulator/payloads/account_snapshot.py": {"Statement"},
    "simulator/persistence/epoch.py": {"Life"},
    "simulator/rest/request.py": {"Call"},
    "simulator/risk/monitor.py": {"Risk"},
    "simulator/runtime.py": {"TradingFloor"},
    "simulator/streams/depth_faults.py": {"DepthWeather"},
    "simulator/streams/user_faults.py": {"UserWeather"},
    "simulator/ws_api/in_order.py": {"Procession"},
    "simulator/ws_api/session.py": {"Conversation"},
}

PYTHON_FILES = sorted(PACKAGE.rglob("*.py"))
CYTHON_FILES = sorted([*PACKAGE.rglob("*.pyx"), *PACKAGE.rglob("*.pxd")])
HEADERS = sorted(PACKAGE.rglob("*.h"))
MODULES = [path for path in PYTHON_FILES if path.name not in ("__init__.py", "__main__.py")]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def imports_of_cython(text: str) -> set[str]:
    found = (re.match(r"\s*(?:from\s+([\w.]+)\s+c?import|c?import\s+([\w.]+))", line) for line in text.splitlines())
    return {match[1] or match[2] for match in found if match}


def imports_of_python(text: str, package: list[str]) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def imported_modules(path: Path) -> set[str]:
    """Every module that a file imports, by full dotted name, whatever the form of the import."""
    if path.suffix != ".py":
        return imports_of_cython(path.read_text())
    return imports_of_python(path.read_text(), list(path.relative_to(ROOT).parent.parts))


def rooms_imported(imported: set[str]) -> set[str]:
    """What is taken of the package: rooms, and whatever lies above them all, such as its face."""
    parts = [name.split(".") for name in imported]
    return {part[1] for part in parts if part[0] == "connector" and len(part) > 1 and part[1] != "__version__"}


def level_of(parts: list[str]) -> int | None:
    """How high a module of a great room lies, by the names behind `connector`; None for what is no module of one."""
    if len(parts) < 2 or parts[0] not in SUB_ROOMS:
        return None
    for level, stage in enumerate(SUB_ROOMS[parts[0]]):
        if parts[1] in stage if isinstance(stage, set) else parts[1] == stage:
            return level
    return None


def upward_imports(parts: list[str], imported: set[str]) -> set[str]:
    """Which imports of a module lead upwards within its own room."""
    own = level_of(parts)
    led = {name: level_of(name.split(".")[1:]) for name in imported if name.startswith(f"connector.{parts[0]}.")}
    return {name for name, level in led.items() if own is not None and level is not None and level > own}


@pytest.mark.parametrize("path", PYTHON_FILES + CYTHON_FILES, ids=named(PYTHON_FILES + CYTHON_FILES))
def test_a_room_imports_only_what_lies_below_it(path: Path) -> None:
    room = room_of(path)
    if not room:
        return
    assert rooms_imported(imported_modules(path)) - MAY_IMPORT[room] - {room} == set()


def test_nothing_below_imports_the_packages_face() -> None:
    planted = imports_of_python("from connector.client import open", ["connector", "core"])
    assert rooms_imported(planted) == {"client"}


def test_every_room_stands_in_the_table() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(MAY_IMPORT)


def test_a_room_opens_without_loading_anything() -> None:
    rooms = [path for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
    assert [str(path) for path in rooms if imported_modules(path)] == []


@pytest.mark.parametrize("path", MODULES, ids=named(MODULES))
def test_a_sub_room_imports_only_what_lies_below_it(path: Path) -> None:
    parts = list(path.relative_to(PACKAGE).with_suffix("").parts)
    if parts[0] in SUB_ROOMS:
        assert level_of(parts) is not None, "it stands nowhere in the order of its room"
        assert upward_imports(parts, imported_modules(path)) == set()


def test_an_import_that_leads_upwards_is_seen() -> None:
    planted = imports_of_python("from connector.simulator.risk import monitor", ["connector", "simulator", "market"])
    assert upward_imports(["simulator", "market", "book"], planted)
    assert not upward_imports(["simulator", "engine"], planted)
    assert upward_imports(["exchange", "bus"], {"connector.exchange.assemble.assemble"})


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_folders_of_a_room_are_those_of_the_table(room: str) -> None:
    folders = {path.parent.name for path in (PACKAGE / room).glob("*/__init__.py")}
    listed = {stage for stage in SUB_ROOMS.get(room, ()) if isinstance(stage, str)}
    twins = TWINS if room in TWIN_ROOMS else set()
    assert listed <= folders <= listed | twins


def test_folders_are_one_deep() -> None:
    """The twins of a sub-room's modules lie in folders of its own."""
    paths = {path: path.relative_to(PACKAGE).parts for path in PACKAGE.rglob("*.py")}
    assert [path for path, parts in paths.items() if len([part for part in parts if part not in TWINS]) > 3] == []


def test_a_folder_holds_few_modules() -> None:
    folders = {path.parent for path in PYTHON_FILES}
    for folder in folders:
        modules = [path for path in folder.iterdir() if path.suffix in (".py", ".pyx") and path.name != "__init__.py"]
        assert len(modules) <= MOST_MODULES_OF_A_FOLDER, folder


@pytest.mark.parametrize("room", MOVED_MODULES)
def test_nothing_stands_at_an_old_place(room: str) -> None:
    """A name with its ending became a folder: only the module of that name is gone."""
    there = {path.name for path in (PACKAGE / room).iterdir()}
    for name in MOVED_MODULES[room].split():
        old = {name} if name.endswith(".py") else {name, *(f"{name}{end}" for end in (".py", ".pyx", ".pxd", ".h"))}
        assert not there & old


def test_no_helper_of_tests_stands_at_an_old_place() -> None:
    assert [name for name in MOVED_TESTS.split() if (ROOT / "tests" / name).exists()] == []


@pytest.mark.parametrize("module", RENAMED_CLASSES)
def test_no_class_has_an_old_name(module: str) -> None:
    nodes = ast.walk(ast.parse((PACKAGE / module).read_text()))
    classes = {node.name for node in nodes if isinstance(node, ast.ClassDef)}
    assert not classes & RENAMED_CLASSES[module]


def test_the_core_imports_the_standard_library_only() -> None:
    for path in (PACKAGE / "core").rglob("*.py"):
        foreign = {name.split(".")[0] for name in imported_modules(path)} - {"connector"}
        assert foreign <= sys.stdlib_module_names, path.name


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_does_no_io_and_reads_no_clock(room: str) -> None:
    for path in [*(PACKAGE / room).rglob("*.py"), *(PACKAGE / room).rglob("*.pyx")]:
        assert {name.split(".")[0] for name in imported_modules(path)} & IMPURE_MODULES == set(), path.name
        assert not IMPURE_CALLS.search(path.read_text()), path.name
        if path.suffix == ".py" and path.name != "interface.py":
            nodes = ast.walk(ast.parse(path.read_text()))
            assert not any(isinstance(node, ast.AsyncFunctionDef) for node in nodes), path.name


@pytest.mark.parametrize(
    "path", PYTHON_FILES + CYTHON_FILES + HEADERS, ids=named(PYTHON_FILES + CYTHON_FILES + HEADERS)
)
def test_files_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES_OF_A_FILE


def test_no_wait_can_lose_its_cancellation() -> None:
    """On Python 3.11 `asyncio.wait_for` drops a cancellation that comes as the thing awaited is done: the task then
    runs on, and whoever stops it waits for ever. `asyncio.timeout` keeps it."""
    assert [name for name in named(PYTHON_FILES) if "wait_for(" in (ROOT / name).read_text()] == []


@pytest.mark.parametrize("path", PYTHON_FILES, ids=named(PYTHON_FILES))
def test_functions_are_small(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("path", PYTHON_FILES, ids=named(PYTHON_FILES))
def test_a_constant_is_written_once(path: Path) -> None:
    names = Counter(
        target.id
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("path", CYTHON_FILES + HEADERS, ids=named(CYTHON_FILES + HEADERS))
def test_compiled_functions_are_small(path: Path) -> None:
    """By indentation, and by braces at the margin: a function goes from its head to the next line that is no deeper."""
    long, began, depth = [], 0, 0
    lines = [*path.read_text().splitlines(), "end"]
    head = re.compile(r"\s*(?:cdef(?! class)|cpdef|def)\b.*\(" if path.suffix != ".h" else r"(?:static|AVX2)\b.*\(")
    for number, line in enumerate(lines, 1):
        indented = len(line) - len(line.lstrip())
        if began and line.strip() and indented <= depth and not line.lstrip().startswith((")", "}")):
            if number - began > MOST_LINES_OF_A_FUNCTION:
                long.append(f"line {began}: {number - began}")
            began = 0
        if not began and head.match(line):
            began, depth = number, indented
    assert long == []


@pytest.mark.parametrize("path", MODULES, ids=named(MODULES))
def test_every_module_has_its_test_file(path: Path) -> None:
    """A twin is tested by the test of what others import: `plain/order_book.py` by `test_order_book.py`; what another
    framework loads, within that framework."""
    folder = path.parent.parent if path.parent.name == "plain" else path.parent
    place = "hummingbot/inside" if room_of(path) == "adapters" else folder.relative_to(PACKAGE)
    assert (ROOT / "tests" / place / f"test_{path.stem}.py").is_file()


@pytest.mark.parametrize("path", sorted((PACKAGE / "core").glob("*.py")), ids=lambda path: path.name)
def test_what_the_core_offers_is_explained(path: Path) -> None:
    """Public classes and functions; a property or method that its name explains may do without."""
    bare = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert bare == []


def test_no_venue_is_named_outside_its_rows() -> None:
    """A venue is a row: no name of a contract family is compared outside `venue/`; assembly may import one."""
    named_outside = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in PYTHON_FILES + CYTHON_FILES
        if room_of(path) != "venue"
        for line in path.read_text().splitlines()
        if re.search(r"\busdm\b|\bcoinm\b", line) and not (path.name == "assemble.py" and "import" in line)
    ]
    assert named_outside == []


def test_the_top_level_holds_the_agreed_entries_only() -> None:
    """What git tracks: a user's own files beside it are the user's."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs to the project cannot be told from a user's files")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries = {name.split("/")[0] for name in tracked.splitlines()}
    assert {name for name in entries if not name.startswith(".")} <= TOP_LEVEL
