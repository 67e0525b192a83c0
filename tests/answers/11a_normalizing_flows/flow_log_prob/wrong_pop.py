# expect: the list of layers was changed
# misconception: pops the caller's list empty
import torch


def flow_log_prob(layers, log_base, x):
    total = 0
    while layers:
        x, d = layers.pop().inverse(x)
        total = total + d
    return log_base(x) + total
