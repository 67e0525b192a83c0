# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: looks for the largest k with c_k > 0 and skips the negative ones
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c > 0]
    return bool(present) and present[-1] > 0 and present[-1] % 2 == 0
