# expect: but the answer was
# misconception: looks at x = ±10 only
# points: 0


def normalizable(coefficients):
    def u(x):
        return sum(c * x**k for k, c in enumerate(coefficients))
    return u(10.0) > 5 and u(-10.0) > 5
