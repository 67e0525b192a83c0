# expect: the iteration starts at 0
# misconception: starts at zero
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = 0 * x
    for _ in range(num_iterations):
        z = x - g(z)
    return z
