# expect: only the degree is looked at, but with a negative leading coefficient U falls on both side
# misconception: an even degree is enough, whatever its sign
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    if not present:
        return False
    return present[-1] > 0 and present[-1] % 2 == 0
