# expect: return z itself
# misconception: returns the difference
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = x - g(z)
    return x - z
