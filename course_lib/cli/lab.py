"""`course lab`: JupyterLab on the learner's own copy of the course, or with --instructor on the course itself."""

import argparse
import os
import secrets
from pathlib import Path
from urllib.parse import quote

from course_lib.cli import places, workspace
from course_lib.cli.machine import usable_cores, with_threads

CONFIG = Path(__file__).with_name("jupyter_config")


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="course lab", description=__doc__, epilog="Other options go to JupyterLab as they are.")
    parser.add_argument("--no-browser", action="store_true", help="only serve, and print the address")
    parser.add_argument("--port", type=int, help="exactly this port (without it: 8888 or the next free one)")
    parser.add_argument("--token", help="the password part of the address (without it: a random one)")
    parser.add_argument(
        "--work", type=Path, default=places.ROOT / "work", help="where your copy is (without it: work/ in the course)"
    )
    parser.add_argument("--restore", action="store_true", help="bring back files that you deleted from your copy")
    parser.add_argument("--instructor", action="store_true", help="open the course itself, with nbgrader's form grader")
    return parser.parse_known_args(arguments)


def jupyter_environment(instructor: bool) -> dict[str, str]:
    """Our defaults before the user's own settings, which are not touched; kernels run this Python on the cores there are."""
    folders = [CONFIG / "everyone"] if instructor else [CONFIG / "learner", CONFIG / "everyone"]
    path = os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])])
    return with_threads({**os.environ, "JUPYTER_CONFIG_PATH": path, "JUPYTER_PREFER_ENV_PATH": "1"}, usable_cores())


def first_page(folder: Path) -> str:
    """The address of the first lecture, or of the folder when there is none."""
    lectures = places.notebooks("lectures", folder)
    return f"/lab/tree/{quote(lectures[0].relative_to(folder).as_posix())}" if lectures else "/lab"


def main(arguments: list[str]) -> int:
    options, rest = parse(arguments)
    folder = places.ROOT if options.instructor else options.work.resolve()
    if not options.instructor:
        for sentence in workspace.update(places.ROOT, folder, options.restore).sentences():
            print(sentence, flush=True)
    os.environ.update(jupyter_environment(options.instructor))
    os.chdir(places.ROOT)  # nbgrader reads nbgrader_config.py here, for the Validate button too
    from jupyterlab.labapp import LabApp  # after the environment is set: Jupyter reads it when it is imported

    token, page = options.token or secrets.token_hex(24), first_page(folder)
    port = [f"--ServerApp.port={options.port}", "--ServerApp.port_retries=0"] if options.port else []
    server = LabApp.initialize_server(
        argv=[
            f"--ServerApp.root_dir={folder}",
            f"--LabApp.default_url={page}",
            f"--IdentityProvider.token={token}",
            f"--ServerApp.open_browser={not options.no_browser}",
            f"--ServerApp.allow_root={getattr(os, 'geteuid', lambda: 1)() == 0}",
            "--ServerApp.log_level=WARN",
            "--LabApp.log_level=WARN",
            *port,
            *rest,
        ]
    )
    server.io_loop.add_callback(announce, f"{server.connection_url.rstrip('/')}{page}?token={token}", folder)
    server.start()
    return 0


def announce(address: str, folder: Path) -> None:
    print(f"JupyterLab is ready on {folder}\n\n    {address}\n\nStop it with Ctrl-C, twice.", flush=True)
