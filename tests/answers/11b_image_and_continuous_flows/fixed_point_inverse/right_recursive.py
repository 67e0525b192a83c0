# right: recursion


def fixed_point_inverse(g, x, num_iterations):
    return x if num_iterations == 0 else x - g(fixed_point_inverse(g, x, num_iterations - 1))
