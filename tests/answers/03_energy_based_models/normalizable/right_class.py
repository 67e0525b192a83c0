# right: class
class Polynomial:
    def __init__(self, c):
        self.degree, self.lead = 0, 0.0
        for k, value in enumerate(c):
            if value != 0:
                self.degree, self.lead = k, value

    def confines(self):
        if self.degree == 0 or self.degree % 2 == 1:
            return False
        return True if self.lead > 0 else False

def normalizable(coefficients):
    return Polynomial(coefficients).confines()
