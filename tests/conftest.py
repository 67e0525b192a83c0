"""What all tests share: one thread a process (they run side by side) and figures without a screen."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import matplotlib  # noqa: E402  after the threads are set

matplotlib.use("agg")
