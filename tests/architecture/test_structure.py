"""ARCHITECTURE.md as tests: directions, one importer a library, no rings, no drawers, modules of one thing."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for top in ("app", "core", "ui") for path in (ROOT / top).rglob("*.py"))
LONGEST = 400
ONE_IMPORTER = {
    "sqlcipher3": {"core.store.vault"},
    "chromadb": {"core.store.vectors.chroma"},
    "llama_cpp": {"core.inference.llama"},
    "mss": {"core.capture.screen.grab"},
    "rapidocr": {"core.capture.screen.rapid_ocr"},
    "apscheduler": {"app.timetable"},
    "keyring": {"core.store.keys"},
    "argon2": {"core.store.keys", "core.store.archive.container"},
    "tokenizers": {"core.inference.wordpiece"},
    "dateparser": {"core.dates.foreign"},
    "dateutil": {"core.dates.holidays", "core.dates.zone"},
    "py3langid": {"core.languages.detect"},
    "snowballstemmer": {"core.languages.stems"},
    "jeepney": {"app.dbus"},
    "Quartz": {"core.capture.screen.quartz"},
}
OWNERS_CHOICE = ("PySide6", "sqlite_utils", "chromadb", "llama_cpp", "mss", "PIL", "apscheduler")
DRAWERS = {"utils", "util", "misc", "common", "helpers", "helper", "manager", "managers", "service", "services"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node


def typing_only(path: Path) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            lines |= {line for inner in node.body for line in range(inner.lineno, (inner.end_lineno or 0) + 1)}
    return lines


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("library", sorted(ONE_IMPORTER))
def test_a_heavy_library_has_one_importer(library: str) -> None:
    found = {
        module_of(path)
        for path in SOURCES
        for name, node in imports_of(path)
        if name.partition(".")[0] == library and node.lineno not in typing_only(path)
    }
    assert found, f"{library} is imported nowhere"
    assert found <= ONE_IMPORTER[library]


@pytest.mark.parametrize("library", OWNERS_CHOICE)
def test_each_library_the_owner_named_is_used_by_the_product(library: str) -> None:
    assert [path for path in SOURCES for name, _ in imports_of(path) if name.partition(".")[0] == library]


def test_qt_is_only_where_windows_are() -> None:
    found = {module_of(path) for path in SOURCES for name, _ in imports_of(path) if name.startswith("PySide6")}
    assert {name for name in found if not name.startswith("ui")} <= {"app.main"}


def test_sql_is_only_in_the_store() -> None:
    statement = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.S)
    found = [
        module_of(path)
        for path in SOURCES
        # The bench's baselines share nothing with the product, its store least of all.
        if not module_of(path).startswith(("core.store", "app.bench"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.search(node.value)
    ]
    assert found == []


def test_core_never_asks_what_time_it_is() -> None:
    asking = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|datetime\.today\(")
    found = [module_of(p) for p in SOURCES if "core" in p.parts and asking.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_every_module_says_in_its_first_line_what_it_is_for() -> None:
    without = [module_of(path) for path in SOURCES if not path.read_text(encoding="utf-8").startswith(('"""', "#!/"))]
    assert without == []


def test_no_module_grows_past_its_length_without_a_reason_on_its_first_line() -> None:
    long = [
        (module_of(path), lines)
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
        and "one module because" not in path.read_text(encoding="utf-8")[:300]
    ]
    assert long == []


def test_there_is_no_drawer() -> None:
    assert [module_of(path) for path in SOURCES if DRAWERS & set(module_of(path).split("."))] == []
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would hide PyPI's packaging"


def test_modules_form_no_ring() -> None:
    graph = grimp.build_graph("app", "core", "ui", exclude_type_checking_imports=True)
    rings = [
        (module, imported)
        for module in sorted(graph.modules)
        for imported in graph.find_modules_directly_imported_by(module)
        if imported < module and module in graph.find_upstream_modules(imported)
    ]
    assert rings == []


def test_no_test_patches_our_own_classes() -> None:
    patching = re.compile(r"mock\.patch|unittest\.mock|MagicMock")
    ours = Path(__file__)
    found = [p for p in (ROOT / "tests").rglob("*.py") if p != ours and patching.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_nothing_names_this_machine_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    forbidden = re.compile(
        "|".join(("/wo" + "rk/", "/ro" + "ot/", r"\.\./sha" + "red", "pypi" + r"\.org", "python" + "hosted"))
    )
    found = [
        name
        for name in tracked
        if name.endswith((".py", ".md", ".toml", ".sh", ".in", ".lock", ".txt", ".json", ".cmd", ".yml"))
        and (ROOT / name).is_file()
        and forbidden.search((ROOT / name).read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
