# right: plain floats, variance from the raw moments in double precision


def natural_parameters(x):
    values = x.double().tolist()
    m = sum(values) / len(values)
    s2 = sum(a * a for a in values) / len(values) - m * m
    return [-m / s2, 1 / (2 * s2)]
