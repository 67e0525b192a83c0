# expect: highest degree
# misconception: numpy.polyval's order of the coefficients
# points: 0


def normalizable(coefficients):
    degree = len(coefficients) - 1
    return degree >= 2 and degree % 2 == 0 and coefficients[0] > 0
