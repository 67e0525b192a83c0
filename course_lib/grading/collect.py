"""Put what a learning platform delivered into submitted/, one folder a student; earlier deliveries go to originals/."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from nbgrader.apps import NbGraderAPI

from course_lib.grading.course_folder import submission_folder
from course_lib.grading.folders import ORIGINALS, set_aside, tidy
from course_lib.grading.lms import Delivery, read_zip
from course_lib.grading.shown import shown


class Collected(NamedTuple):
    """What came for one student: "new", "replaced" or "unchanged", and the remarks of the tidying."""

    student: str
    change: str
    remarks: tuple[str, ...]


def collect(api: NbGraderAPI, archive: Path, topic: str, names: str | None = None) -> tuple[list[Collected], list[str]]:
    """Unpack `archive` (see `course_lib.grading.lms`) for `topic`. Collecting the same archive again changes nothing."""
    deliveries, left_out = read_zip(archive, names)
    by_student: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        by_student.setdefault(delivery.student, []).append(delivery)
    root = Path(api.coursedir.root)
    return [_place(api, root, student, topic, files) for student, files in sorted(by_student.items())], left_out


def _place(api: NbGraderAPI, root: Path, student: str, topic: str, files: list[Delivery]) -> Collected:
    folder = submission_folder(api, "submitted", student, topic)
    aside = root / ORIGINALS / student / topic
    contents = sorted((file.name, hashlib.sha256(file.data).hexdigest()) for file in files)
    delivered = hashlib.sha256(json.dumps(contents).encode("utf-8")).hexdigest()
    receipt = aside.with_name(f"{topic}.delivery")
    target = folder / f"{topic}.ipynb"
    if target.is_file() and receipt.is_file() and receipt.read_text("utf-8") == delivered:
        return Collected(student, "unchanged", ())
    change = "replaced" if target.is_file() and target.stat().st_size else "new"
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.iterdir()):
        set_aside(old, aside)
    for file in files:
        place, number = folder / file.name, 1
        while place.exists():
            number += 1
            place = folder / f"{Path(file.name).stem}.{number}{Path(file.name).suffix}"
        place.write_bytes(file.data)
    target, remarks = tidy(root, folder, student, topic)
    notebooks = [file for file in files if file.name.lower().endswith(".ipynb") and file.data]
    if len(notebooks) > 1:
        taken = next((file for file in notebooks if file.data == target.read_bytes()), notebooks[0])
        others = ", ".join(shown(file.member) for file in notebooks if file is not taken)
        remarks = (*remarks, f"{len(notebooks)} notebooks came: {shown(taken.member)} was taken, left aside: {others}.")
    receipt.parent.mkdir(parents=True, exist_ok=True)
    receipt.write_text(delivered, encoding="utf-8")
    return Collected(student, change, remarks)
