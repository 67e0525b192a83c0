# right: Φ by erf, one z at a time in plain Python
import math


def two_modes_map(z, m, s):
    def phi(u):
        return 0.5 * math.erfc(-u / math.sqrt(2))

    xs, logs = [], []
    for v in z.tolist():
        low, high = -m - 8 * s, m + 8 * s
        while high - low > 1e-13 * (m + s):
            middle = (low + high) / 2
            if 0.5 * (phi((middle + m) / s) + phi((middle - m) / s)) < phi(v):
                low = middle
            else:
                high = middle
        x = (low + high) / 2
        p = (math.exp(-((x - m) / s) ** 2 / 2) + math.exp(-((x + m) / s) ** 2 / 2)) / (2 * s)
        xs.append(x)
        logs.append(-v * v / 2 - math.log(p))
    return xs, logs
