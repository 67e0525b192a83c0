# expect: trailing zeros
# misconception: the last coefficient is the leading one
# points: 1


def normalizable(coefficients):
    return len(coefficients) > 1 and len(coefficients) % 2 == 1 and coefficients[-1] > 0
