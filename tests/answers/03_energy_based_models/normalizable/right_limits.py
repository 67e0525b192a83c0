# right: asks where U goes on both sides


def normalizable(coefficients):
    nonzero = [(k, a) for k, a in enumerate(coefficients) if a != 0]
    if not nonzero or nonzero[-1][0] == 0:
        return False
    degree, leading = nonzero[-1]
    return leading * (-1) ** degree > 0 and leading > 0
