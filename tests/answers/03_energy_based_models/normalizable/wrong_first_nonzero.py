# expect: Z is finite, but the answer was False
# misconception: the lowest power decides
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0 and k > 0]
    if not present:
        return False
    d = present[0]
    return d % 2 == 0 and coefficients[d] > 0
