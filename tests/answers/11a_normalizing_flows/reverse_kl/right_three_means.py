# right: three means, in float64
def reverse_kl(forward, log_base, log_target, z):
    z = z.double()
    x, log_det = forward(z)
    return log_base(z).detach().mean() - log_det.mean() - log_target(x).mean()
