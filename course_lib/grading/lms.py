"""A zip from a learning platform -> the files of each student. Nothing in the archive is trusted.

Whose a file is, is decided in `course_lib.grading.owners`.
"""

import re
import stat
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from course_lib.grading.owners import owners
from course_lib.inputs import InputError

MAX_FILES, MAX_FILE_BYTES, MAX_STUDENT_BYTES, MAX_ALL_BYTES = 5000, 50_000_000, 200_000_000, 1_000_000_000


class Delivery(NamedTuple):
    """One file of one student, read with limits."""

    student: str
    name: str
    data: bytes
    member: str


def read_zip(path: Path, names: str | None = None) -> tuple[list[Delivery], list[str]]:
    """The files of the archive by student, and a sentence for each member that was left out.

    names: a regular expression with a group `student` (and perhaps `file`), tried on the whole path of each member.
    Left out are: absolute names and '..', links, encrypted and hidden members, what belongs to nobody, what exceeds the
    limits (as unpacked; what was unpacked in vain counts too, so that one student's files cannot use up the class's).
    """
    try:
        archive = zipfile.ZipFile(path)
    except Exception as error:  # BadZipFile, and whatever else a damaged directory leads to
        raise InputError(f"Expected a zip file from the learning platform, but {path} cannot be read as one: {error}.") from None
    deliveries, left_out, used = [], [], Counter()
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        faults = [_fault(member) for member in members]
        whose = owners([_posix(member) for member, fault in zip(members, faults) if not fault], names)
        for number, (member, fault) in enumerate(zip(members, faults)):
            student, name = whose.get(_posix(member), ("", ""))
            fault = fault or ("" if student else "it belongs to nobody (see --names)") or _too_much(member, number, student, used)
            if not fault:
                try:
                    with archive.open(member) as stream:
                        data = stream.read(MAX_FILE_BYTES + 1)
                except Exception as error:  # damaged or hostile bytes: each compression has errors of its own
                    fault = f"it cannot be unpacked ({type(error).__name__})"
                used[student] += min(member.file_size, MAX_FILE_BYTES) if fault else len(data)
            if fault:
                left_out.append(f"{member.filename!r} was left out: {fault}.")
            else:
                deliveries.append(Delivery(student, name, data, member.filename))
    return deliveries, left_out


def _posix(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/")


def _fault(member: zipfile.ZipInfo) -> str:
    """Why a member may not even be opened, or ''."""
    parts = PurePosixPath(_posix(member)).parts
    if _posix(member).startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", member.filename):
        return "its name points outside the archive"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link"
    if member.flag_bits & 0x1:
        return "it is encrypted"
    if parts and (parts[0] == "__MACOSX" or parts[-1].startswith("._")):
        return "it is the packer's own"
    if any(part.startswith(".") for part in parts):
        return "it is hidden (a name that begins with a dot)"
    return ""


def _too_much(member: zipfile.ZipInfo, number: int, student: str, used: Counter) -> str:
    """Which limit a member meets, or ''. The size it states is the most that zipfile unpacks of it."""
    if number >= MAX_FILES or used.total() >= MAX_ALL_BYTES:
        return f"the archive exceeds {MAX_FILES} files or {MAX_ALL_BYTES} bytes"
    if member.file_size > MAX_FILE_BYTES:
        return f"it is larger than {MAX_FILE_BYTES} bytes"
    if used[student] + member.file_size > MAX_STUDENT_BYTES:
        return f"this student's files are larger than {MAX_STUDENT_BYTES} bytes"
    return ""
