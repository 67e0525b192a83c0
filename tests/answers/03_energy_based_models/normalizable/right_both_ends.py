# right: both ends
import math

def direction(coefficients, side):
    """+1 if U -> +inf at side * inf, -1 if -> -inf, 0 if it stays constant."""
    result = 0
    for k, c in enumerate(coefficients):
        if k >= 1 and c != 0:
            result = math.copysign(1, c) * side**k
    return result

def normalizable(coefficients):
    return all(direction(coefficients, side) > 0 for side in (-1, 1))
