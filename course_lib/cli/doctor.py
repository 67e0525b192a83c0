"""`course doctor`: look at the installation, one line each: ok, or what to do."""

import argparse
import importlib.metadata
import json
import platform
import sys
import time
from pathlib import Path
from typing import Callable

from course_lib.cli.machine import free_disk_gigabytes, memory_gigabytes, usable_cores
from course_lib.cli.places import ROOT

PACKAGES = ("torch", "numpy", "matplotlib", "ipywidgets", "jupyterlab", "nbgrader")


def python() -> tuple[bool, str]:
    good = sys.version_info >= (3, 11)
    return good, f"{platform.python_version()} at {sys.executable}" + ("" if good else "; install Python 3.11 or newer")


def packages() -> tuple[bool, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return False, f"{name} is missing; delete the folder .venv and run `python3 course.py lab`"
    return True, ", ".join(f"{name} {version}" for name, version in found.items())


def library() -> tuple[bool, str]:
    import course_lib

    return True, f"{course_lib.__version__} at {Path(course_lib.__file__).parent}"


def torch_build() -> tuple[bool, str]:
    import torch

    if torch.cuda.is_available():
        return True, f"CUDA {torch.version.cuda} on {torch.cuda.get_device_name()}; the lectures take device='cuda'"
    if torch.backends.mps.is_available():
        return True, "Apple GPU found (device='mps'); the lectures run on the CPU"
    return True, f"CPU, {torch.get_num_threads()} threads ({usable_cores()} cores to use)"


def memory() -> tuple[bool, str]:
    gigabytes = memory_gigabytes()
    if gigabytes is None:
        return True, "this system does not say"
    return gigabytes > 1.9, f"{gigabytes:.0f} GB" + (
        "" if gigabytes > 1.9 else "; a lecture needs up to 1.2 GB: close other programs"
    )


def disk() -> tuple[bool, str]:
    free = free_disk_gigabytes(ROOT)
    return free > 0.5, f"{free:.1f} GB free" + ("" if free > 0.5 else "; make room, or notebooks cannot be saved")


def kernel() -> tuple[bool, str]:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_client.manager import KernelManager

    try:
        KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return False, "there is no kernel 'python3'; delete the folder .venv and run `python3 course.py lab`"
    command = KernelManager(kernel_name="python3").format_kernel_cmd()[0]
    good = Path(command).resolve() == Path(sys.executable).resolve()
    return good, f"python3 runs {command}" + (
        "" if good else ", not this Python; remove that kernel with `jupyter kernelspec remove python3`"
    )


def widgets() -> tuple[bool, str]:
    from jupyter_core.paths import jupyter_path

    for folder in jupyter_path("labextensions"):
        manifest = Path(folder) / "@jupyter-widgets" / "jupyterlab-manager" / "package.json"
        if manifest.exists():
            return True, f"JupyterLab's widget manager {json.loads(manifest.read_text(encoding='utf-8'))['version']}"
    return False, "JupyterLab's widget manager is missing; delete the folder .venv and run `python3 course.py lab`"


def sampling(seconds: float = 3.0) -> tuple[bool, str]:
    """Three seconds of MALA on a standard normal in 10 dimensions: how fast, and is its variance 1?"""
    import torch

    from course_lib.randomness import make_generator
    from course_lib.samplers import MALA, sample
    from course_lib.targets import Gaussian

    target, generator = Gaussian(torch.zeros(10), torch.eye(10)), make_generator(0)
    kernel, x, steps, total, squares = MALA(0.3), target.sample(1000, generator), 0, 0.0, 0.0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        run = sample(kernel, target.log_prob, x, 50, generator=generator)
        x, steps = run.positions[-1], steps + 50
        squares, total = squares + float(run.draws.square().mean()), total + 1
    rate, variance = steps * 1000 / (time.perf_counter() - start), squares / total
    good = abs(variance - 1) < 0.05  # 10 000 coordinates at a time: its standard error is below 0.015
    return good, f"{rate:,.0f} MALA steps a second, variance {variance:.3f} where 1 is right" + (
        "" if good else "; run `python3 course.py test --only library`"
    )


CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "Python": python,
    "packages": packages,
    "course_lib": library,
    "PyTorch": torch_build,
    "memory": memory,
    "disk": disk,
    "kernel": kernel,
    "widgets": widgets,
    "sampling": sampling,
}


def main(arguments: list[str]) -> int:
    argparse.ArgumentParser(prog="course doctor", description=__doc__).parse_args(arguments)
    bad = 0
    for name, check in CHECKS.items():
        try:
            good, says = check()
        except Exception as error:  # the doctor reports, whatever is broken
            good, says = False, f"{type(error).__name__}: {error}"
        bad += not good
        print(f"{'ok  ' if good else 'LOOK'}  {name:<11}{says}", flush=True)
    print("All is well." if not bad else f"{bad} of {len(CHECKS)} need a look.")
    return 1 if bad else 0
