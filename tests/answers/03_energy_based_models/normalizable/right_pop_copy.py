# right: pop copy
def normalizable(coefficients):
    c = list(coefficients)
    while c and c[-1] == 0:
        c.pop()
    return len(c) >= 3 and len(c) % 2 == 1 and c[-1] > 0
