# expect: or instance coefficients=[-
# misconception: far away means x = 2, so checking U(2) and U(-2) is enough
def normalizable(coefficients):
    u = lambda x: sum(c * x**k for k, c in enumerate(coefficients))
    return u(2.0) > u(1.0) and u(-2.0) > u(-1.0)
