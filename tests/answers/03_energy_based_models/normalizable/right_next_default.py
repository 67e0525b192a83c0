# right: next default
def normalizable(coefficients, tolerance=0.0):
    pairs = zip(range(len(coefficients))[::-1], coefficients[::-1])
    d, lead = next(((k, c) for k, c in pairs if abs(c) > tolerance), (0, 0.0))
    if d == 0:
        return False
    return (d & 1 == 0) and (lead > 0)
