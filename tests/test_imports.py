"""The house's order: a room imports only rooms before it, and only the libraries that belong in it."""

import ast
import sys
import warnings
from pathlib import Path

import course_lib

ROOT = Path(course_lib.__file__).resolve().parents[1]
GROUND = ("inputs", "randomness")
ROOMS = (
    "data",
    "targets",
    "diagnostics",
    "samplers",
    "dynamics",
    "models",
    "objectives",
    "learned_samplers",
    "experiments",
    "show",
    "questions",
    "grading",
    "cli",
)
NUMERICAL = {"torch", "numpy"}
JUPYTER = {
    "IPython",
    "bleach",
    "ipywidgets",
    "jupyter_client",
    "jupyter_core",
    "jupyterlab",
    "nbclient",
    "nbconvert",
    "nbformat",
    "nbgrader",
    "traitlets",
}  # what Jupyter is and brings along
LIBRARIES = {
    "show": NUMERICAL | {"matplotlib", "ipywidgets", "IPython"},
    "questions": NUMERICAL | {"IPython"},
    "grading": NUMERICAL | {"matplotlib"} | JUPYTER,
    "cli": NUMERICAL | JUPYTER,
}
BEFORE_INSTALLATION = ("commands", "environment", "installing", "torch_build")  # modules of cli that course.py needs
MODULES = sorted((ROOT / "course_lib").rglob("*.py"))


def imported(path: Path, source: str | None = None) -> list[str]:
    """The full names of all modules a file imports, wherever in it, relative imports resolved."""
    tree = ast.parse(path.read_text(encoding="utf-8") if source is None else source)
    package = ".".join(path.relative_to(ROOT).parts[:-1])
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            names += [f"{module}.{alias.name}" for alias in node.names] if module == "course_lib" else [module]
    return names


def room(path: Path) -> str:
    parts = path.relative_to(ROOT / "course_lib").with_suffix("").parts
    return parts[0]


def level(name: str) -> int:
    """0 for what stands before all rooms, 1, 2, ... for the rooms."""
    return 0 if name in GROUND or name == "__init__" else 1 + ROOMS.index(name)


def upward_imports(path: Path, source: str | None = None) -> list[str]:
    own = level(room(path))
    rooms = [name.split(".")[1] for name in imported(path, source) if name.startswith("course_lib.")]
    return [name for name in rooms if name in ROOMS and level(name) > own]


def foreign_imports(path: Path, source: str | None = None) -> list[str]:
    allowed = LIBRARIES.get(room(path), NUMERICAL) | set(sys.stdlib_module_names) | {"course_lib"}
    return [name for name in imported(path, source) if name.split(".")[0] not in allowed]


def test_the_rooms_are_those_of_the_package_and_in_its_order():
    found = {p.name for p in (ROOT / "course_lib").iterdir() if (p / "__init__.py").exists()}
    assert found and found <= set(ROOMS)
    order = [course_lib.__doc__.index(name) for name in ROOMS]
    assert order == sorted(order)


def test_imports_flow_one_way():
    assert len(MODULES) > 20
    assert {str(p): up for p in MODULES if (up := upward_imports(p))} == {}


def test_libraries_stay_in_their_rooms():
    assert {str(p): names for p in MODULES if (names := foreign_imports(p))} == {}


def test_what_runs_before_the_installation_needs_nothing():
    paths = [ROOT / "course_lib" / "cli" / f"{name}.py" for name in BEFORE_INSTALLATION] + [ROOT / "course.py"]
    for path in paths:
        for name in imported(path):
            allowed = {f"course_lib.cli.{module}" for module in BEFORE_INSTALLATION}
            assert name in allowed or name.split(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_the_rules_catch_what_they_forbid():
    path = ROOT / "course_lib" / "targets" / "imaginary.py"
    assert upward_imports(path, "from course_lib.samplers import MALA") == ["samplers"]
    assert upward_imports(path, "def f():\n    import course_lib.cli.lab") == ["cli"]
    assert upward_imports(path, "from course_lib import show") == ["show"]
    assert upward_imports(path, "from ..models import MLPEnergy") == ["models"]
    assert upward_imports(path, "from course_lib.data import load_digits") == []
    assert foreign_imports(path, "import scipy.stats, matplotlib.pyplot") == ["scipy.stats", "matplotlib.pyplot"]


def test_modules_are_small_and_named_by_their_subject():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    files = MODULES + sorted((ROOT / "tests").rglob("*.py"))
    assert [str(p) for p in files if p.stem in vague] == []
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: n for name, n in lines.items() if n > 250} == {}
    for name, number in lines.items():
        if number > 200:
            warnings.warn(f"{name} has {number} lines: is it still one subject?", stacklevel=1)
