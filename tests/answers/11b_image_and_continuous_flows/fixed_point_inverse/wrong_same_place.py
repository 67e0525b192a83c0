# expect: g must be taken at the newest z
# misconception: g(x) in every step
# points: 1


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = x - g(x)
    return z
