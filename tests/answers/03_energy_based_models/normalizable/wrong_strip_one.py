# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: at most one trailing zero has to be removed
def normalizable(coefficients):
    c = list(coefficients)
    if c[-1] == 0:
        c = c[:-1]
    if not c:
        return False
    d = len(c) - 1
    return d > 0 and d % 2 == 0 and c[-1] > 0
