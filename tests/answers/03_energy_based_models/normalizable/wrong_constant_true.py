# expect: a constant passes as an even power, but exp(−constant) has no finite integral over the who
# misconception: degree zero counts as even, so a positive constant passes
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    if not present:
        return False
    d = present[-1]
    return d % 2 == 0 and coefficients[d] > 0
