# expect: x has been overwritten
# misconception: one name for both
# points: 1


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = z - g(z)
    return z
