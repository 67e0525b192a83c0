# expect: too much was summed or averaged
# misconception: one number for the batch
# points: 0
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, log_det = layer.inverse(x)
        total = total + log_det
    return (log_base(x) + total).mean()
