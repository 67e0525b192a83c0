# expect: the sign is wrong
# misconception: adds
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = x + g(z)
    return z
