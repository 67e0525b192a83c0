# expect: nothing flows through x into log_target
# misconception: detaches the draws, as for data
# points: 1
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (log_base(z) - log_det - log_target(x.detach())).mean()
