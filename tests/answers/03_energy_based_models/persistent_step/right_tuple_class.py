# right: tuple class
class Result(tuple):
    @property
    def gradient(self):
        return self[0]

class Sampler:
    def __init__(self, kernel, theta, state):
        self.kernel, self.theta, self.state = kernel, theta, state

    def advance(self, noise):
        self.state = self.kernel(self.theta, self.state, noise)
        return self

def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    s = Sampler(kernel, theta, chains)
    for noise in noises:
        s.advance(noise)
    positive, negative = energy_gradient(theta, x_data), energy_gradient(theta, s.state)
    return Result((positive.mean(axis=0) - negative.mean(axis=0), s.state))
