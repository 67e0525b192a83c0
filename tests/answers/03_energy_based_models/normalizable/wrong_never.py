# expect: always False
# misconception: no answer at all
# points: 0


def normalizable(coefficients):
    return False
