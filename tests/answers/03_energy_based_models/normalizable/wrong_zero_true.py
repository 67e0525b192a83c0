# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: U = 0 is the uniform density, so all zeros are fine
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    if not present:
        return True
    d = present[-1]
    return d > 0 and d % 2 == 0 and coefficients[d] > 0
