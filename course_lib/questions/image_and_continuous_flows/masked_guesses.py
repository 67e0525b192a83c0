"""The masked convolution in numpy, right, and as known misconceptions would have it. Images are (n, h, w)."""

from typing import Callable

import numpy as np

from course_lib.questions.compare import Guess

EARLIER = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
CENTRE = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
RIGHT = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
ALL_CAUSES = "nothing is subtracted"
NEIGHBOURS = [(a, b) for a in range(3) for b in range(3)]


def correlate(v: np.ndarray, kernel: np.ndarray, mode: str = "constant") -> np.ndarray:
    """Σ_{a,b} kernel[a, b] v[i + a − 1, j + b − 1], with zeros (or another np.pad mode) outside."""
    padded, (h, w) = np.pad(v, ((0, 0), (1, 1), (1, 1)), mode), v.shape[1:]
    return sum(kernel[a, b] * padded[:, a:a + h, b:b + w] for a, b in NEIGHBOURS)


def flat(v: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The same for a kernel of earlier pixels, with the images as long vectors whose rows hang together."""
    long, width = v.reshape(len(v), -1), v.shape[2]
    found = np.zeros_like(long)
    for a, b in NEIGHBOURS[:4]:
        back = (1 - a) * width + 1 - b
        found[:, back:] += kernel[a, b] * long[:, :-back]
    return found.reshape(v.shape)


def solve(forward: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """The inverse of a linear map of images, by its full matrix."""
    pixels = x[0].size
    matrix = forward(np.eye(pixels).reshape(pixels, *x.shape[1:])).reshape(pixels, pixels)
    return np.linalg.solve(matrix.T, x.reshape(len(x), -1).T).T.reshape(x.shape)


def mask_guesses(kernel: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Kernels that a wrong mask leaves."""
    earlier = kernel * EARLIER
    return [
        ("the kernel is not masked: only pixels before the own one may enter", kernel),
        ("the kernel's centre is used as well: the own pixel enters through exp(log_diagonal) alone",
         kernel * (EARLIER + CENTRE)),
        ("the kernel's centre is used and the mask is missing: only pixels before the own one may enter", kernel * (1 - CENTRE)),
        ("the mask keeps the pixels after the own one, not those before", kernel * EARLIER[::-1, ::-1]),
        ("the mask keeps the pixels after the own one, not those before", kernel * (EARLIER[::-1, ::-1] + CENTRE)),
        ("the mask goes by columns; raster order goes along the rows", kernel * EARLIER.T),
        ("the mask leaves out the pixel on the left", kernel * EARLIER * [[1], [0], [0]]),
        ("the mask leaves out the row above", kernel * EARLIER * [[0], [1], [1]]),
        ("the mask leaves out the pixel above on the right: it comes earlier too", kernel * EARLIER * [1, 1, 0]),
        ("the kernel is flipped: kernel[a, b] belongs to the pixel at (i + a − 1, j + b − 1)", earlier[::-1, ::-1]),
        ("the kernel is flipped before it is masked", kernel[::-1, ::-1] * EARLIER),
        ("the kernel is transposed", earlier.T), ("the kernel is transposed", kernel.T * EARLIER),
        ("the mask keeps the left column of the kernel; in raster order the whole row above is earlier", kernel * [1, 0, 0]),
        ("the mask keeps the pixel on the right too, but that one comes later", kernel * (EARLIER + RIGHT)),
        ("the earlier pixels are missing: only exp(log_diagonal) acts", 0 * kernel),
        ("the earlier pixels enter with the wrong sign", -earlier),
    ]


def value_guesses(v: np.ndarray, kernel: np.ndarray, log_diagonal: np.ndarray, inverse: bool) -> list[Guess]:
    """A wrong layer, in the direction asked for."""
    d, earlier = np.exp(log_diagonal), kernel * EARLIER

    def direct(u: np.ndarray) -> np.ndarray:
        return u * d + correlate(u, earlier)

    layers = [(message, lambda u, k=k: u * d + correlate(u, k)) for message, k in mask_guesses(kernel)] + [
        ("the own pixel is multiplied by log_diagonal, not by exp(log_diagonal)",
         lambda u: u * log_diagonal + correlate(u, earlier)),
        ("exp(−log_diagonal) stands where exp(log_diagonal) belongs", lambda u: u / d + correlate(u, earlier)),
        ("the own pixel is multiplied by 1 + exp(log_diagonal), not by exp(log_diagonal)",
         lambda u: u * (1 + d) + correlate(u, earlier)),
        ("the neighbours of a pixel at the edge are taken from the other end of a row: outside the image there are zeros",
         lambda u: u * d + flat(u, earlier)),
        ("exp(log_diagonal) is missing", lambda u: u + correlate(u, earlier)),
        ("exp(log_diagonal) multiplies the earlier pixels too", lambda u: d * (u + correlate(u, earlier))),
        ("exp(log_diagonal) of the neighbour is used for the earlier pixels", lambda u: d * u + correlate(d * u, earlier)),
        ("outside the image there are zeros, it is not continued round the edge",
         lambda u: u * d + correlate(u, earlier, "wrap")),
        ("outside the image there are zeros, its edge is not repeated", lambda u: u * d + correlate(u, earlier, "edge")),
        ("the own pixel is missing: add exp(log_diagonal) · z", lambda u: correlate(u, earlier))]
    if not inverse:
        return [Guess("this is the inverse: inverse=False is the layer itself", solve(direct, v)),
                Guess("nothing has changed: these are the values that came in", v),
                *(Guess(message, layer(v)) for message, layer in layers)]
    guesses = inverse_guesses(v, kernel, d, direct(v)) + [Guess(message, solve(layer, v)) for message, layer in layers[:-1]]
    return together(guesses)


def together(guesses: list[Guess]) -> list[Guess]:
    """Causes that give the same numbers share a sentence, at most three; one that asks for its cause names all of them."""
    found: list[tuple[list[str], np.ndarray]] = []
    for message, value in guesses:
        for causes, other in found:
            if np.allclose(value, other, rtol=1e-9, atol=1e-9):
                if message not in causes and len(causes) < 3 and not causes[0].startswith(ALL_CAUSES):
                    causes.append(message)
                break
        else:
            found.append(([message], value))
    return [Guess("; or ".join(causes), value) for causes, value in found]


def inverse_guesses(x: np.ndarray, kernel: np.ndarray, d: np.ndarray, forward: np.ndarray) -> list[Guess]:
    """Ways to undo the layer that do not arrive."""
    earlier = kernel * EARLIER
    guesses = [
        Guess("this is the layer itself, not its inverse", forward),
        Guess("nothing has changed: these are the values that came in", x),
        Guess(f"{ALL_CAUSES}, this is values / exp(log_diagonal): when a pixel is solved, those that it sees must be "
              "solved before. Is the order wrong, or does the kernel see later pixels (mask, flip), or is one iteration from "
              "zeros all?", x / d),
        *wrong_substitutions(x, earlier, d)]
    guesses += [Guess("the pixels are solved in the wrong order: along each row from the left, the rows from the top",
                      substitute(x, earlier, d, order)) for order in ("columns", "rows backwards", "rows from below")]
    guesses += [Guess(message, substitute(x, k * EARLIER, d)) for message, k in mask_guesses(kernel)]
    for z, name in ((x, "from values"), (x / d, "from values / exp(log_diagonal), or one more from zeros,")):
        for done in range(1, min(x[0].size, x.shape[2] + 2 * x.shape[1])):
            z = (x - correlate(z, earlier)) / d
            guesses.append(Guess(f"{done} iteration{'s' * (done > 1)} {name} do{'es' * (done == 1)} not arrive: a pixel is right "
                                 "only after all pixels before it, h·w of them at most", z))
    return guesses


def wrong_substitutions(x: np.ndarray, earlier: np.ndarray, d: np.ndarray) -> list[Guess]:
    """Formulas for one pixel that are not the layer solved for it."""
    return [
        Guess("the earlier pixels of x are used, but those of z are needed: they are known already",
              (x - correlate(x, earlier)) / d),
        Guess("the earlier pixels of x are used, but those of z are needed: they are known already",
              x / d - correlate(x, earlier)),
        Guess("the division by exp(log_diagonal) comes last: it divides the difference",
              substitute(x, earlier, d, rule=lambda own, before, scale: own / scale - before)),
        Guess("the division by exp(log_diagonal) is missing",
              substitute(x, earlier, d, rule=lambda own, before, scale: own - before)),
        Guess("exp(log_diagonal) must divide here, not multiply",
              substitute(x, earlier, d, rule=lambda own, before, scale: (own - before) * scale)),
        Guess("the earlier pixels must be subtracted",
              substitute(x, earlier, d, rule=lambda own, before, scale: (own + before) / scale)),
    ]


def substitute(x: np.ndarray, earlier: np.ndarray, d: np.ndarray, order: str = "rows",
               rule: Callable = lambda own, before, scale: (own - before) / scale) -> np.ndarray:
    """z pixel by pixel; pixels not reached yet count as 0."""
    (h, w), padded = x.shape[1:], np.pad(0 * x, ((0, 0), (1, 1), (1, 1)))
    places = [(i, j) for i in range(h) for j in range(w)]
    keys = {"columns": lambda p: (p[1], p[0]), "rows backwards": lambda p: (p[0], -p[1]),
            "rows from below": lambda p: (-p[0], p[1])}
    places = sorted(places, key=keys.get(order))
    with np.errstate(all="ignore"):
        for i, j in places:
            before = (padded[:, i:i + 3, j:j + 3] * earlier).sum((1, 2))
            padded[:, i + 1, j + 1] = rule(x[:, i, j], before, d[i, j])
    return padded[:, 1:-1, 1:-1]
