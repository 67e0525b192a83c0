# right: double precision


def fixed_point_inverse(g, x, num_iterations):
    z, start = x.double(), x.double()
    while num_iterations > 0:
        z, num_iterations = start - g(z), num_iterations - 1
    return z
