"""pyproject.toml, constraints.txt, environment.yml, binder/ and the README describe one installation."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

import course_lib
from course_lib.cli.commands import COMMANDS, GROUPS, help_text
from course_lib.cli.links import PLACEHOLDER, block, linked

ROOT = Path(course_lib.__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
INDEX = PROJECT["tool"]["course"]["torch-cpu-index"]
DIRECT = [Requirement(r) for r in PROJECT["project"]["dependencies"]]
TESTING = [Requirement(r) for r in PROJECT["project"]["optional-dependencies"]["test"]]


def key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_constraints() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {key((r := Requirement(line)).name): r for line in lines if line.strip() and not line.startswith("#")}


def pinned(requirement: Requirement) -> Version:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return Version(specifier.version)


def read_environment(path: str) -> tuple[dict[str, str], list[str]]:
    """The conda packages by name, and the lines of the pip section."""
    dependencies = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    conda = dict((d.split("=", 1) + [""])[:2] for d in dependencies if isinstance(d, str))
    (pip,) = [d["pip"] for d in dependencies if isinstance(d, dict)]
    return conda, pip


CONSTRAINTS = read_constraints()


def test_every_constraint_is_one_exact_public_version():
    assert len(CONSTRAINTS) > 100
    for requirement in CONSTRAINTS.values():
        assert pinned(requirement).local is None, requirement


def test_every_direct_dependency_is_pinned_within_its_range():
    for requirement in DIRECT + TESTING:
        assert requirement.specifier.contains(pinned(CONSTRAINTS[key(requirement.name)])), requirement


def test_the_closure_is_pinned():
    """Whatever the direct dependencies bring along on this system has a constraint too."""
    todo, seen = [key(r.name) for r in DIRECT + TESTING if not r.marker or r.marker.evaluate()], set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for text in importlib.metadata.requires(name) or []:
            requirement = Requirement(text)
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                todo.append(key(requirement.name))
    from_torch = re.compile(r"nvidia-|cuda-|triton")  # torch pins its own CUDA packages exactly
    assert len(seen) > 80
    assert sorted(name for name in seen if name not in CONSTRAINTS and not from_torch.match(name)) == []


def test_versions_with_known_security_flaws_stay_out():
    assert pinned(CONSTRAINTS["nbconvert"]) >= Version("7.17.1")
    assert pinned(CONSTRAINTS["jupyter-server"]) >= Version("2.18")


def test_the_two_conda_environments_name_the_same_python():
    (conda, _), (binder, _) = read_environment("environment.yml"), read_environment("binder/environment.yml")
    assert re.fullmatch(r"\d+\.\d+", binder["python"])  # repo2docker reads an exact version only
    assert conda["python"] == binder["python"]
    assert Version(binder["python"]) in Requirement(f"python{PROJECT['project']['requires-python']}").specifier


def test_the_conda_way_installs_this_project_under_the_constraints():
    _, pip = read_environment("environment.yml")
    assert set(pip) == {f"--extra-index-url {INDEX}", "--constraint constraints.txt", "--editable .[test]"}


def test_binder_installs_the_pinned_direct_dependencies():
    _, pip = read_environment("binder/environment.yml")
    assert pip[0] == f"--extra-index-url {INDEX}"
    assert {key((r := Requirement(line)).name): pinned(r) for line in pip[1:]} == {
        key(r.name): pinned(CONSTRAINTS[key(r.name)]) for r in DIRECT
    }


@pytest.mark.parametrize("script", ["postBuild", "start"])
def test_binder_scripts_are_shell_scripts(script):
    text = (ROOT / "binder" / script).read_text(encoding="utf-8")
    assert text.startswith("#!/bin/bash\n") and "\r" not in text
    assert ("\nset -e\n" in text) if script == "postBuild" else text.rstrip().endswith('exec "$@"')


def test_the_readme_opens_with_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"python3 course\.py ([a-z]+)", readme)
    assert named[:2] == ["lab", "test"] and set(named) <= set(COMMANDS)
    assert (
        readme.index("course.py test") < readme.index("mybinder.org") < readme.index("conda env create") < readme.index("\n## ")
    )


def test_the_readmes_links_are_made_from_the_address_in_pyproject():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    address = PROJECT["project"]["urls"]["Repository"].rstrip("/")
    assert linked(readme) == readme and f"git clone {address}.git" in readme
    other = block("https://github.com/someone/elsewhere", "lectures/a b.ipynb")
    assert "/gh/someone/elsewhere/HEAD?labpath=lectures%2Fa%20b.ipynb" in other and PLACEHOLDER not in other


def test_ci_runs_the_readmes_test_command():
    assert "python3 course.py test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["steps"][-1]["run"] == "python course.py test"
    assert {system.split("-")[0] for system in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}


def test_the_help_names_every_command():
    text = help_text("course")
    assert sum(len(commands) for commands in GROUPS.values()) == len(COMMANDS)
    assert all(f"\n  {name} " in text for name in COMMANDS)
