"""The hash is SplitMix64, and its numbers are uniform and independent along counters and across neighbouring seeds.

False-alarm rate of each test at most 1e-6; seeds are fixed.
"""

import numpy as np
import torch
from scipy import stats

from course_lib.randomness import make_generator
from course_lib.samplers.counter_uniform import counter_uniform, draw_seed, random_bits

MASK = 2**64 - 1


def splitmix(seed, counter):
    """The published generator in Python's unbounded integers: its state after `counter` calls, mixed."""
    z = (seed + counter * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def test_published_numbers():
    """The first five outputs from the seed 1234567, as printed in public test vectors."""
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    seed = torch.tensor([1234567])
    assert [random_bits(seed, k).item() & MASK for k in range(1, 6)] == expected


def test_same_as_unbounded_integers():
    seed = draw_seed(torch.zeros(200, 1), make_generator(0))
    seed[0], seed[1], seed[2] = 0, -1, -(2**63)
    for counter in (-7, -1, 0, 1, 1023, 2**40):
        assert [b & MASK for b in random_bits(seed, counter).tolist()] == [splitmix(s, counter) for s in seed.tolist()]


def test_uniform_and_independent():
    seed = draw_seed(torch.zeros(400, 1), make_generator(1))
    for seeds in (seed, torch.arange(400)):  # neighbouring seeds, too
        u = np.stack([counter_uniform(seeds, k).numpy() for k in range(-20, 400)])
        assert u.min() > 0 and u.max() < 1
        p = [stats.kstest(u.ravel(), "uniform").pvalue]
        for a, b in ((u[1:], u[:-1]), (u[:, 1:], u[:, :-1]), (u[2:], u[:-2])):  # next counter, next seed, one further
            counts = np.histogram2d(a.ravel(), b.ravel(), bins=16, range=[[0, 1], [0, 1]])[0]
            p.append(stats.chisquare(counts.ravel()).pvalue)
        assert min(p) > 1e-6 / 8


def test_seeds_are_those_of_the_generator():
    x = torch.zeros(1000, 2)
    assert torch.equal(draw_seed(x, make_generator(3)), draw_seed(x, make_generator(3)))
    assert len(draw_seed(x, make_generator(3)).unique()) == 1000
