# expect: the iterates are averaged
# misconception: averages the iterates
# points: 1


def fixed_point_inverse(g, x, num_iterations):
    z, total = x, 0
    for _ in range(num_iterations):
        z = x - g(z)
        total = total + z
    return total / num_iterations
