"""Where the course's folders are, and the topics that stand in them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("lectures", "solutions", "exercises")


def notebooks(kind: str, root: Path = ROOT) -> list[Path]:
    """All notebooks of one kind ('lectures', 'solutions', 'exercises'), sorted; editor checkpoints are left out."""
    return sorted(p for p in (root / kind).rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def topics(root: Path = ROOT) -> list[str]:
    """The slugs of all topics that have a lecture or a solution, such as '03_energy_based_models'."""
    return sorted({p.stem for kind in ("lectures", "solutions") for p in notebooks(kind, root)})


def module_name(topic: str) -> str:
    """The Python module of a topic: '03_energy_based_models' -> 'energy_based_models', and '11a_...' likewise."""
    number, _, name = topic.partition("_")
    return name if number[:2].isdigit() and len(number) <= 3 and name else topic
