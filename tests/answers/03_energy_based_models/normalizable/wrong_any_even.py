# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: some even positive term is enough to hold the density together
def normalizable(coefficients):
    return any(c > 0 for c in coefficients[2::2])
