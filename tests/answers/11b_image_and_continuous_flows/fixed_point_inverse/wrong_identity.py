# expect: nothing has changed
# misconception: returns x
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = x
    return x + 0 * g(x)
