# expect: x itself is missing
# misconception: forgets x
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = -g(z)
    return z
