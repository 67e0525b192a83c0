# expect: trailing zeros count as degree: skip them. For instance coefficients=[
# misconception: finds the leading coefficient but takes the degree from the length of the list
def normalizable(coefficients):
    present = [c for c in coefficients if c != 0]
    if not present:
        return False
    d = len(coefficients) - 1
    return d > 0 and d % 2 == 0 and present[-1] > 0
