# expect: at x
# misconception: maximum likelihood of the draws themselves
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return -(log_base(x) + log_det).mean()
