# expect: the first coefficient is the constant. For instance coefficients=[
# misconception: counts degrees from one, so even and odd are exchanged
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients, start=1) if c != 0]
    if not present:
        return False
    d = present[-1]
    return d % 2 == 0 and coefficients[d - 1] > 0
