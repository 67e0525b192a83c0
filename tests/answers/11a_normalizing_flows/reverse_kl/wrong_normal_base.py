# expect: the standard normal law is used
# misconception: normal base hard coded
import math
import torch


def reverse_kl(forward, log_base, log_target, z):
    x, d = forward(z)
    return ((-z**2/2 - math.log(2*math.pi)/2).sum(1) - d - log_target(x)).mean()
