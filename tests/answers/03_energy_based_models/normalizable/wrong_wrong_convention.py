# expect: exp(+U)
# misconception: density exp(+U)
# points: 0


def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    return bool(present) and present[-1] > 0 and present[-1] % 2 == 0 and coefficients[present[-1]] < 0
