"""`python -m course_lib.cli` is the `course` command."""

import sys

from course_lib.cli.command import main

sys.exit(main())
