# expect: one iteration too many
# misconception: an extra step
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations + 1):
        z = x - g(z)
    return z
