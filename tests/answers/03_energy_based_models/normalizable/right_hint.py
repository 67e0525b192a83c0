# right: hint
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    if not present:
        return False
    d = present[-1]
    return d > 0 and d % 2 == 0 and coefficients[d] > 0
