"""Real processes, killed by the system at random moments: what they leave on disk is enough to go on, bit for bit."""

import random
import subprocess
import sys

import torch

from course_lib.samplers.checkpoint import read

MORTAL = """
import sys
import torch
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, sample
torch.set_num_threads(1)
generator = make_generator(3)
x = torch.randn(20, 3, generator=generator)
saving = {"checkpoint": sys.argv[2], "checkpoint_every": 3} if len(sys.argv) > 2 else {}
run = sample(MALA(0.2), lambda x: -(x**4).sum(-1) / 4, x, 700, warmup=100, thin=2, **saving,
             progress=lambda done, total: print(done, flush=True), generator=generator)
torch.save((run.positions, run.acceptance_rate, torch.rand(3, generator=generator)), sys.argv[1])
"""


def start_mortal(*arguments):
    return subprocess.Popen([sys.executable, "-c", MORTAL, *arguments], stdout=subprocess.PIPE, text=True)


def test_killed_at_random_moments_by_the_system(tmp_path):
    """SIGKILL (on Windows TerminateProcess) somewhere in the run, again and again; then to the end."""
    pick = random.Random(0)
    path, end, whole = tmp_path / "run.npz", tmp_path / "end.pt", tmp_path / "whole.pt"
    survived = []
    for _ in range(3):
        with start_mortal(end, path) as process:
            begun = int(process.stdout.readline())
            target = begun + pick.randint(20, 200)
            while int(process.stdout.readline()) < target:
                pass
            process.kill()
        assert not end.exists()
        survived.append(read(path)[1]["done"])
        assert begun <= survived[-1] < 800 and survived[-1] % 3 == 0
    assert 0 < survived[0] < survived[1] < survived[2]
    for arguments in ((end, path), (whole,)):
        with start_mortal(*arguments) as process:
            process.stdout.read()
        assert process.returncode == 0
    for broken, unbroken in zip(torch.load(end, weights_only=True), torch.load(whole, weights_only=True), strict=True):
        assert torch.equal(broken, unbroken)
