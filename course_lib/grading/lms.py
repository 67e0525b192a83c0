"""A zip from a learning platform -> whose is which file. Nothing in the archive is trusted.

Whose is a file? The first of these patterns that fits its path inside the zip decides; `student` is made lower case, and
what is no letter, digit, '-' or '.' becomes '_'.

Moodle   Anna Lovelace_4711_assignsubmission_file_notebook.ipynb    anna_lovelace  (4711 is new with every assignment)
         Anna Lovelace_4711_assignsubmission_file/notebook.ipynb    anna_lovelace
Canvas   lovelaceanna_12345_67890_notebook-1.ipynb                  lovelaceanna_12345  (12345 is the person)
         lovelaceanna_LATE_12345_67890_notebook.ipynb               lovelaceanna_12345
folders  anna/notebook.ipynb, class/anna/notebook.ipynb             anna  (the folder that holds the file; a topic's
         anna/03_energy_based_models/notebook.ipynb                 anna  folder in between is passed over)
"""

import re
import stat
import unicodedata
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from course_lib.inputs import InputError

MOODLE = r"(?:.*/)?(?P<student>[^/]+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file>[^/]*)"
CANVAS = r"(?P<student>[^/_]+)(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>[^/]+)"
FOLDERS = r"(?:[^/]+/)*?(?P<student>[^/]+)/(?:\d\d_[a-z0-9_]+/)?(?P<file>[^/]+)"
MAX_FILES, MAX_FILE_BYTES, MAX_ALL_BYTES = 5000, 50_000_000, 2_000_000_000


class Delivery(NamedTuple):
    """One file of one student, read with limits."""

    student: str
    name: str
    data: bytes
    member: str


def read_zip(path: Path, names: str | None = None) -> tuple[list[Delivery], list[str]]:
    """The files of the archive by student, and a sentence for each member that was left out.

    names: a regular expression with a group `student` (and perhaps `file`), tried on the whole path of each member.
    Left out are: absolute names and '..', links, encrypted members, what belongs to nobody, what exceeds the limits.
    """
    patterns = [re.compile(names)] if names else [re.compile(p) for p in (MOODLE, CANVAS, FOLDERS)]
    if "student" not in patterns[0].groupindex:
        raise InputError(f"Expected --names to be a regular expression with a group (?P<student>...), but got {names!r}.")
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:  # BadZipFile, and whatever else a damaged directory leads to
        raise InputError(f"Expected a zip file from the learning platform, but {path} cannot be read as one: {error}.") from None
    deliveries, left_out, total = [], [], 0
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        for number, member in enumerate(members):
            fault = _fault(member, number, total)
            found = None if fault else next((m for m in (p.fullmatch(_posix(member)) for p in patterns) if m), None)
            student = student_id(found) if found else ""
            if not fault and not student:
                fault = "it belongs to nobody (see --names)"
            if not fault:
                try:
                    with archive.open(member) as stream:
                        data = stream.read(MAX_FILE_BYTES + 1)
                except Exception as error:  # damaged or hostile bytes: each compression has errors of its own
                    fault = f"it cannot be unpacked ({type(error).__name__})"
                else:
                    fault = f"it is larger than {MAX_FILE_BYTES} bytes" if len(data) > MAX_FILE_BYTES else ""
            if fault:
                left_out.append(f"{member.filename!r} was left out: {fault}.")
                continue
            total += len(data)
            file = found.groupdict().get("file") or PurePosixPath(_posix(member)).name
            if "id" in found.groupdict():  # Canvas numbers what is handed in again
                file = re.sub(r"-\d+(\.ipynb)$", r"\1", file)
            deliveries.append(Delivery(student, safe_name(file), data, member.filename))
    return _tell_apart(deliveries, patterns), left_out


def student_id(found: re.Match) -> str:
    """The folder's name for a student, from the groups of a pattern. Empty if nothing is left of it."""
    groups = found.groupdict()
    raw = "_".join(part for part in (groups["student"], groups.get("id")) if part)
    text = unicodedata.normalize("NFC", raw).lower()
    text = re.sub(r"_+", "_", "".join(c if c.isalnum() or c in "-." else "_" for c in text)).strip("._")[:80]
    return text + "_" if text in ("con", "prn", "aux", "nul") else text  # no folder of Windows may be called so


def safe_name(name: str) -> str:
    """A file name that no system stumbles over, as close to the sent one as possible."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(c if c.isprintable() and c not in '<>:"/\\|?*' else "_" for c in text).strip(" .")
    stem, suffix = text[:-6] if text.lower().endswith(".ipynb") else text, ".ipynb" if text.lower().endswith(".ipynb") else ""
    return (stem[:120] or "file") + suffix


def _posix(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/")


def _fault(member: zipfile.ZipInfo, number: int, total: int) -> str:
    """Why a member may not even be opened, or ''."""
    parts = PurePosixPath(_posix(member)).parts
    if number >= MAX_FILES or total >= MAX_ALL_BYTES:
        return f"the archive exceeds {MAX_FILES} files or {MAX_ALL_BYTES} bytes"
    if _posix(member).startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", member.filename):
        return "its name points outside the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link"
    if member.flag_bits & 0x1:
        return "it is encrypted"
    if parts and (parts[0] == "__MACOSX" or parts[-1].startswith("._")):
        return "it is the packer's own"
    return ""


def _tell_apart(deliveries: list[Delivery], patterns: list[re.Pattern]) -> list[Delivery]:
    """Moodle: two people of one name have two numbers; then the number joins the id of each."""
    numbers: dict[str, set[str]] = {}
    numbered = []
    for delivery in deliveries:
        found = next((m for m in (p.fullmatch(delivery.member.replace("\\", "/")) for p in patterns) if m), None)
        number = (found.groupdict().get("number") or "") if found else ""
        numbers.setdefault(delivery.student, set()).add(number)
        numbered.append((delivery, number))
    return [delivery._replace(student=f"{delivery.student}_{number}") if len(numbers[delivery.student]) > 1 and number
            else delivery for delivery, number in numbered]
