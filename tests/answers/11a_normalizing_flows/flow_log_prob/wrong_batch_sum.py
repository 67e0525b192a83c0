# expect: summed over the batch
# misconception: sums log_det to one number
# points: 1
def flow_log_prob(layers, log_base, x):
    total = 0
    for layer in reversed(layers):
        x, log_det = layer.inverse(x)
        total = total + log_det.sum()
    return log_base(x) + total
