# expect: always True
# misconception: every energy defines a density
# points: 0


def normalizable(coefficients):
    return True
