# expect: this is the layer itself
# misconception: the layer
# points: 0


def fixed_point_inverse(g, x, num_iterations):
    z = x
    for _ in range(num_iterations):
        z = x - g(z)
    return x + g(x)
