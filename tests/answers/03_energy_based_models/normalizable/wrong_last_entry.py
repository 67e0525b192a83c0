# expect: trailing zeros are taken for the leading coefficient: skip them. For instance coefficients
# misconception: the last entry of the list is the leading coefficient, trailing zeros forgotten
def normalizable(coefficients):
    d = len(coefficients) - 1
    return d > 0 and d % 2 == 0 and coefficients[-1] > 0
