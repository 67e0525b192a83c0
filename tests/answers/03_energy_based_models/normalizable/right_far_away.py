# right: looks beyond Cauchy's bound on the roots
import numpy as np


def normalizable(coefficients):
    c = np.trim_zeros(np.array(coefficients), "b")
    if len(c) < 2:
        return False
    bound = 2 + np.abs(c).max() / abs(c[-1])
    return bool(min(np.polyval(c[::-1], -bound), np.polyval(c[::-1], bound)) > np.abs(c[0]) + 0) if len(c) % 2 else False
