# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: the degree is the number of non-zero coefficients minus one
def normalizable(coefficients):
    present = [c for c in coefficients if c != 0]
    if not present:
        return False
    d = len(present) - 1
    return d > 0 and d % 2 == 0 and present[-1] > 0
