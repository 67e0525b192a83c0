# expect: half of the way
# misconception: damping
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = (z + x - g(z)) / 2
    return z
