# expect: the first layer is left out
# misconception: range stops one too early
# points: 0
def flow_log_prob(layers, log_base, x):
    total = 0
    for k in range(len(layers) - 1, 0, -1):
        x, log_det = layers[k].inverse(x)
        total = total + log_det
    return log_base(x) + total
