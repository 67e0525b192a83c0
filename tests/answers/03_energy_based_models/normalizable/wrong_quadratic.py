# expect: passes, but any even power that grows will do. For instance coefficients=[
# misconception: only a Gaussian has a finite Z
def normalizable(coefficients):
    present = [k for k, c in enumerate(coefficients) if c != 0]
    return bool(present) and present[-1] == 2 and coefficients[2] > 0
