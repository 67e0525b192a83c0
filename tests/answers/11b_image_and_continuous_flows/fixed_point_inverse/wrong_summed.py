# expect: num_iterations times at the same place
# misconception: takes num_iterations steps of -g(x)
# points: 1


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = z - g(x)
    return z
