# expect: log_base is taken at x
# misconception: the variable x is kept, z goes into the loop
# points: 0
def flow_log_prob(layers, log_base, x):
    z, total = x, 0
    for layer in reversed(layers):
        z, log_det = layer.inverse(z)
        total = total + log_det
    return log_base(x) + total
