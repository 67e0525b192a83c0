# expect: exactly num_iterations steps
# misconception: runs until it has converged
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(500):
        z = x - g(z)
    return z
