# right: the hint
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    log_q = log_base(z) - log_det
    return (log_q - log_target(x)).mean()
