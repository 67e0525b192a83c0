# expect: with IndexError: list index out of range
# misconception: there is always a non-zero coefficient
def normalizable(coefficients):
    d = [k for k, c in enumerate(coefficients) if c != 0][-1]
    return d > 0 and d % 2 == 0 and coefficients[d] > 0
