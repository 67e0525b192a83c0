# expect: add up all of them
# misconception: keeps the log_det of the last pass of the loop only
# points: 1
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, log_det = layer.inverse(x)
        total = log_det
    return log_base(x) + total
