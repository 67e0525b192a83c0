# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: an energy bounded from below is enough, so every constant passes
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    d = present[-1] if present else 0
    return d == 0 or (d % 2 == 0 and coefficients[d] > 0)
