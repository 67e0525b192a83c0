"""`course bench`: how many steps a second the samplers make, by number of chains and dimension."""

import argparse
import statistics
import time

import torch

from course_lib.randomness import make_generator
from course_lib.samplers import MALA, Kernel, RandomWalkMetropolis, UnadjustedLangevin, sample
from course_lib.targets import Gaussian

KERNELS: tuple[Kernel, ...] = (RandomWalkMetropolis(0.1), UnadjustedLangevin(0.05), MALA(0.05))
SHAPES = ((1, 2), (1000, 2), (1000, 100))  # (chains, dim)


def wait(device: str) -> None:
    """A GPU works on after the call has returned: wait until it is done before looking at the clock."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    elif device == "mps":
        torch.mps.synchronize()


def steps_per_second(kernel: Kernel, chains: int, dim: int, device: str, seconds: float, repeats: int = 3) -> float:
    """The median over `repeats` of steps of the whole batch a second, on a standard normal."""
    target, generator = Gaussian(torch.zeros(dim), torch.eye(dim), device=device), make_generator(0, device)
    x, num_steps, rates = target.sample(chains, generator), 20, []
    while len(rates) < repeats:
        wait(device)
        start = time.perf_counter()
        sample(kernel, target.log_prob, x, num_steps, thin=num_steps, generator=generator)
        wait(device)
        taken = time.perf_counter() - start
        if taken < seconds / repeats / 2:  # too short to be timed, and the first call warms up
            num_steps *= 2
        else:
            rates.append(num_steps / taken)
    return statistics.median(rates)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="course bench", description=__doc__)
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, mps")
    parser.add_argument("--seconds", type=float, default=1.0, help="about how long each row takes")
    options = parser.parse_args(arguments)
    print(f"{'kernel':<22}{'chains':>8}{'dim':>6}{'steps/s':>12}{'chain-steps/s':>16}")
    for kernel in KERNELS:
        for chains, dim in SHAPES:
            rate = steps_per_second(kernel, chains, dim, options.device, options.seconds)
            print(f"{type(kernel).__name__:<22}{chains:>8}{dim:>6}{rate:>12,.0f}{rate * chains:>16,.0f}", flush=True)
    return 0
