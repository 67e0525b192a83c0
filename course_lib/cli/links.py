"""`course links`: write the README's badge and clone line from the one public address in pyproject.toml (project.urls)."""

import argparse
import re
import tomllib
from pathlib import Path
from urllib.parse import quote

from course_lib.cli.places import ROOT, notebooks

BLOCK = re.compile(r"(<!-- links: [^\n]*-->\n).*?(<!-- end of links -->)", re.S)
PLACEHOLDER = "OWNER/REPOSITORY"


def public_address(root: Path = ROOT) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project["urls"]["Repository"].rstrip("/")


def block(address: str, lecture: str) -> str:
    """The generated lines: where to click, and where to clone from."""
    repository = address.removeprefix("https://github.com/")
    launch = f"https://mybinder.org/v2/gh/{repository}/HEAD?labpath={quote(lecture, safe='')}"
    note = ("\n(The address is a placeholder until the course has a public home: set project.urls in pyproject.toml and run "
            "`python3 course.py links`.)\n" if PLACEHOLDER in address else "")
    return (f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({launch}) opens it in a browser, with nothing to install "
            f"(the first start can take some minutes).\n\nTo get the course: `git clone {address}.git`\n{note}")


def linked(readme: str, root: Path = ROOT) -> str:
    """The README's text with the block written anew."""
    lectures = notebooks("lectures", root)
    lecture = lectures[0].relative_to(root).as_posix() if lectures else "lectures"
    return BLOCK.sub(lambda m: m[1] + block(public_address(root), lecture) + m[2], readme)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="course links", description=__doc__)
    parser.parse_args(arguments)
    path = ROOT / "README.md"
    before = path.read_text(encoding="utf-8")
    after = linked(before)
    path.write_text(after, encoding="utf-8", newline="\n")
    print("README.md: " + ("as it was" if after == before else "links written"))
    return 0
