# expect: the log-determinant is missing
# misconception: a density is carried along like a function
# points: 0
def change_of_variables(log_base, inverse, x):
    return log_base(inverse(x))
