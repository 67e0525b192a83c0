# right: three functions, run forward or backward
import torch


def actnorm(v, log_scale, bias, inverse):
    term = log_scale.sum() * v.shape[2] * v.shape[3]
    s, b = log_scale.view(1, -1, 1, 1), bias.view(1, -1, 1, 1)
    return ((v - b) * torch.exp(-s), -term) if inverse else (v * torch.exp(s) + b, term)


def mix(v, weight, inverse):
    term = torch.log(torch.abs(torch.det(weight))) * v.shape[2] * v.shape[3]
    flat = v.flatten(2)
    flat = torch.linalg.solve(weight, flat) if inverse else weight @ flat
    return flat.view(v.shape), -term if inverse else term


def couple(v, network, half, inverse):
    shift, s = network(v[:, :half])
    rest = (v[:, half:] - shift) / torch.exp(s) if inverse else v[:, half:] * torch.exp(s) + shift
    term = s.flatten(1).sum(1)
    return torch.cat((v[:, :half], rest), 1), -term if inverse else term


def glow_step(values, log_scale, bias, weight, network, inverse):
    half = values.shape[1] // 2
    layers = [lambda v: actnorm(v, log_scale, bias, inverse), lambda v: mix(v, weight, inverse),
              lambda v: couple(v, network, half, inverse)]
    log_det = 0
    for layer in layers[::-1] if inverse else layers:
        values, term = layer(values)
        log_det = log_det + term
    return values, log_det
