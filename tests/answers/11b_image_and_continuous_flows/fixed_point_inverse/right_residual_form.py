# right: z minus the error


def fixed_point_inverse(g, x, num_iterations):
    z = x.clone()
    for _ in range(num_iterations):
        z = z - (z + g(z) - x)
    return z
