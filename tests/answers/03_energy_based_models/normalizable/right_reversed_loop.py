# right: reversed loop
def normalizable(coefficients):
    for k in range(len(coefficients) - 1, 0, -1):
        if coefficients[k] != 0:
            if k % 2:
                return False
            return bool(coefficients[k] > 0)
    return False
