# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: treats coefficients below 0.5 as zero
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if abs(c) > 0.5]
    if not present:
        return False
    d = present[-1]
    return d > 0 and d % 2 == 0 and coefficients[d] > 0
