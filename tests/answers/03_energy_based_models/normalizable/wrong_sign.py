# expect: the sign convention is exp(+U); here p ∝ exp(−U), so U must grow. For instance coefficient
# misconception: p ~ exp(U), so the leading coefficient must be negative
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    if not present:
        return False
    d = present[-1]
    return d > 0 and d % 2 == 0 and coefficients[d] < 0
