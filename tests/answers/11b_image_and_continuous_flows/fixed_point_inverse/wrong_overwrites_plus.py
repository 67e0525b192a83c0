# expect: The sign is wrong as well
# misconception: runs the layer again and again
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = z + g(z)
    return z
