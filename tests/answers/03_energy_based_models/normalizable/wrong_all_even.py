# expect: Z is finite, but the answer was False
# misconception: every even coefficient must be non-negative and no odd one may appear
def normalizable(coefficients):
    even, odd = coefficients[2::2], coefficients[1::2]
    return any(c > 0 for c in even) and all(c >= 0 for c in even) and all(c == 0 for c in odd)
