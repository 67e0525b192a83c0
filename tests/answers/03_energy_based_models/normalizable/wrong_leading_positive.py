# expect: odd power
# misconception: a positive leading coefficient suffices
# points: 0


def normalizable(coefficients):
    present = [c for c in coefficients if c != 0]
    return bool(present) and present[-1] > 0
