# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: coefficients are whole numbers, so int() is harmless
def normalizable(coefficients):
    c = [int(v) for v in coefficients]
    present = [k for k, v in enumerate(c) if v != 0]
    if not present:
        return False
    d = present[-1]
    return d > 0 and d % 2 == 0 and c[d] > 0
