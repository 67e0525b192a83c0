# expect: the coefficients are read from the highest degree, but the first one is the constant. For
# misconception: reads the list highest degree first, like numpy.polyval
def normalizable(coefficients):
    c = list(coefficients)[::-1]
    present = [k for k, v in enumerate(c) if v != 0]
    if not present:
        return False
    d = present[-1]
    return d > 0 and d % 2 == 0 and c[d] > 0
