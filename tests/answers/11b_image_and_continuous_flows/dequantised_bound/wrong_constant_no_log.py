# expect: its logarithm is missing
# misconception: dim times K
# points: 1


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    y = ((levels + noise) / num_levels)
    log_p = log_prob(y.flatten(0, 1)).reshape(log_q.shape)
    return (log_p - log_q).mean(dim=0) - levels.shape[1] * num_levels
