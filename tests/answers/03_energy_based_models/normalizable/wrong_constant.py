# expect: constant
# misconception: a constant counts as even
# points: 1


def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    return bool(present) and present[-1] % 2 == 0 and coefficients[present[-1]] > 0
