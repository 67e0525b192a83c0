# right: recursive
def normalizable(coefficients):
    *rest, last = coefficients
    if last == 0:
        return normalizable(rest) if rest else False
    if not rest:
        return False
    return last > 0 and len(rest) % 2 == 0
