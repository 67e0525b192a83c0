# expect: U is looked at for x → +∞ only; it must also grow for x → −∞. For instance coefficients=[
# misconception: a positive leading coefficient is enough, whatever the parity
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    if not present:
        return False
    return present[-1] > 0 and coefficients[present[-1]] > 0
