"""The course's secret: from it come the cases that answers are marked on, the same for the whole class and every time."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from course_lib.grading.results import InfrastructureError

FILE = ".course_secret"
VARIABLE = "COURSE_SECRET"


def course_secret(root: Path) -> bytes:
    """The variable COURSE_SECRET, or the file .course_secret in the course's root, which is made if there is none."""
    said = os.environ.get(VARIABLE, "")
    path = root / FILE
    if not said and not path.exists():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
        except FileExistsError:
            pass  # another grader was faster: use its secret
    secret = (said or path.read_text(encoding="utf-8")).strip().encode("utf-8")
    if len(secret) < 16:
        raise InfrastructureError(f"The course's secret has {len(secret)} characters, expected at least 16; "
                                  f"delete {path} (a new one is made) or set {VARIABLE}.")
    return secret


def secret_seed(secret: bytes, topic: str, question: str) -> int:
    """A seed below 2^63 for the cases of one question: HMAC-SHA256(secret, topic/question)."""
    digest = hmac.new(secret, f"{topic}/{question}".encode("utf-8"), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 1
