# right: derivative
def normalizable(coefficients):
    # differentiate until a constant is left; count how often
    c, times = [x for x in coefficients], 0
    while any(x != 0 for x in c[1:]):
        # keep the sign only: the factor k is positive, so shifting is enough
        c = c[1:]
        times += 1
    return c[0] > 0 and times >= 2 and times % 2 == 0
