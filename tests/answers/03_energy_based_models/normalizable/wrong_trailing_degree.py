# expect: trailing zeros
# misconception: trailing zeros count as degree
# points: 1


def normalizable(coefficients):
    leading = next((c for c in reversed(coefficients) if c != 0), 0)
    return len(coefficients) > 2 and len(coefficients) % 2 == 1 and leading > 0
