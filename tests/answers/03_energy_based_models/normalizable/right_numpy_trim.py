# right: numpy trim
import numpy as np

def normalizable(coefficients):
    c = np.trim_zeros(np.asarray(coefficients, dtype=float), "b")
    d = c.size - 1
    return bool(d >= 1 and d % 2 == 0 and c[-1] > 0)
