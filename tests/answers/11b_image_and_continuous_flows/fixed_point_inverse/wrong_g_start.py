# expect: the iteration starts at g(x)
# misconception: starts at g(x)
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = g(x)
    for _ in range(num_iterations):
        z = x - g(z)
    return z
