# right: point by point, as numpy
import numpy as np


def fixed_point_inverse(g, x, num_iterations):
    out = []
    for point in x:
        z = point[None]
        for _ in range(num_iterations):
            z = point - g(z)
        out.append(z[0].numpy())
    return np.stack(out)
