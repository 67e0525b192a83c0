"""The rational-quadratic spline by hand, and the arrays of the misconceptions: for the judge of question 5."""

import numpy as np

from course_lib.questions.compare import Guess


def spline(x: np.ndarray, xs: np.ndarray, ys: np.ndarray, d: np.ndarray, move: int = 0,
           clamp: bool = False, k: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """y, log dy/dx and the pieces ξ, width, chord, ... of the bin `move` places further, or of bin k; no tails."""
    if k is None:
        k = np.clip(np.searchsorted(xs, x, side="right") - 1 + move, 0, len(xs) - 2)
    width, chord, left, right = (xs[k + 1] - xs[k]), (ys[k + 1] - ys[k]) / (xs[k + 1] - xs[k]), d[k], d[k + 1]
    t = np.clip((x - xs[k]) / width, 0, 1) if clamp else (x - xs[k]) / width
    bottom = chord + (left + right - 2 * chord) * t * (1 - t)
    y = ys[k] + width * chord * (chord * t**2 + left * t * (1 - t)) / bottom
    top = right * t**2 + 2 * chord * t * (1 - t) + left * (1 - t) ** 2
    with np.errstate(all="ignore"):  # far outside the knots the formula means nothing
        log_slope = 2 * np.log(chord) + np.log(top) - 2 * np.log(bottom)
    return y, log_slope, np.stack([t, width, chord, left, right, ys[k], bottom, top])


def wrong_bins(x: np.ndarray, xs: np.ndarray, ys: np.ndarray, d: np.ndarray) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Other bins for x, with ξ clamped and tails as they should be: (message, y, log_slope)."""
    last, equal = len(xs) - 2, (x - xs[0]) / (xs[-1] - xs[0]) * (len(xs) - 1)
    bins = [("the bins are found as if the knots were equally spaced", np.floor(equal)),
            ("the bins are searched in knots_y, but x lies between knots of knots_x", np.searchsorted(ys, x) - 1),
            ("the bins are searched in knots_y, but x lies between knots of knots_x", np.searchsorted(ys, x, side="right") - 1)]
    bins += [(f"only {count} bins are used, but this spline has {last + 1}", np.minimum(np.searchsorted(xs, x) - 1, count - 1))
             for count in range(1, last + 1)]
    ends = d[0] * np.minimum(x - xs[0], 0) + d[-1] * np.maximum(x - xs[-1], 0)
    found = []
    for message, k in bins:
        y, log_slope, _ = spline(x, xs, ys, d, clamp=True, k=np.clip(k, 0, last).astype(int))
        found.append((message, y + ends, log_slope))
    return found


def added_tails(x: np.ndarray, xs: np.ndarray, ys: np.ndarray, d: np.ndarray) -> list[Guess]:
    """Tails added to the spline in another way."""
    held, beyond = spline(x, xs, ys, d, clamp=True)[0], spline(x, xs, ys, d)[0]
    below, above = np.minimum(x - xs[0], 0), np.maximum(x - xs[-1], 0)
    turned = d[0] * np.maximum(x - xs[0], 0) + d[-1] * np.minimum(x - xs[-1], 0)
    unclamped = ("outside the knots the straight line is added, but ξ is not clamped to [0, 1], so the last bin's curve is "
                 "there as well")
    return [Guess("the right tail is missing: beyond the last knot the line goes on with its slope", held + d[0] * below),
            Guess("the left tail is missing: before the first knot the line goes on with its slope", held + d[-1] * above),
            Guess("the right tail is missing: beyond the last knot the line goes on with its slope",
                  np.where(x > xs[-1], beyond, held + d[0] * below)),
            Guess("the left tail is missing: before the first knot the line goes on with its slope",
                  np.where(x < xs[0], beyond, held + d[-1] * above)),
            Guess(unclamped, beyond + d[0] * below + d[-1] * above),
            Guess("min and max are swapped in the tails: min(x − x_0, 0) and max(x − x_K, 0) are meant",
                  held + turned)]


def wrong_inside(x: np.ndarray, xs: np.ndarray, ys: np.ndarray, d: np.ndarray) -> list[Guess]:
    """Other curves through the knots, and curves that miss them."""
    t, width, chord, left, right, y0, bottom, _ = spline(x, xs, ys, d)[2]
    height, both = width * chord, t * (1 - t)

    def curve(u: np.ndarray, s: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return y0 + height * (s * u**2 + a * u * (1 - u)) / (s + (a + b - 2 * s) * u * (1 - u))

    hermite = y0 + height * (3 * t**2 - 2 * t**3) + width * (left * t * (1 - t) ** 2 - right * t**2 * (1 - t))
    return [
        Guess("this is linear interpolation: the slopes at the knots are not used", y0 + height * t),
        Guess("this is the cubic through the same knots and slopes, which need not be monotone", hermite),
        Guess("ξ is not divided by the width of the bin: it runs from 0 to 1", curve(t * width, chord, left, right)),
        Guess("ξ runs backwards: it is 0 at the left knot", curve(1 - t, chord, left, right)),
        Guess("the slopes of the left and the right knot are swapped", curve(t, chord, right, left)),
        Guess("s is upside down: it is height over width", curve(t, 1 / chord, left, right)),
        Guess("s is the height of the bin: divide it by the width", curve(t, height, left, right)),
        Guess("y_k is not added", curve(t, chord, left, right) - y0),
        Guess("the factor h_k is missing: the fraction runs from 0 to 1", y0 + (chord * t**2 + left * both) / bottom),
        Guess("the width stands where the height h_k of the bin belongs", y0 + width * (chord * t**2 + left * both) / bottom),
        Guess("the denominator is missing", y0 + height * (chord * t**2 + left * both)),
        Guess("the 2 is missing in the denominator", y0 + height * (chord * t**2 + left * both)
              / (chord + (left + right - chord) * both)),
        Guess("s ξ² lost its square", y0 + height * (chord * t + left * both) / bottom),
        *[Guess("the bin is off by one: bin k lies between knots_x[k] and knots_x[k+1]", spline(x, xs, ys, d, move, clamp)[0])
          for move in (1, -1) for clamp in (False, True)],
        Guess("nothing has changed: this is x", x),
        *[Guess(message, y) for message, y, _ in wrong_bins(x, xs, ys, d)],
    ]


def wrong_tails(x: np.ndarray, xs: np.ndarray, ys: np.ndarray, d: np.ndarray, tail: np.ndarray) -> list[Guess]:
    """Other ways to go on outside; the points inside are right."""
    y, end = spline(x, xs, ys, d)[0], np.where(tail < 0, 0, -1)
    x0, y0, slope, far = xs[end], ys[end], d[end], d[np.where(tail < 0, -1, 0)]
    linear = "straight, but not through the end knot: the line is y_end + slope·(x − x_end)"
    tails = [
        ("the identity, but the line goes on with the end slope", x),
        ("held at the end knot, but the line goes on with the end slope", y0),
        ("zero: the map goes on outside the knots", 0 * x),
        ("a line of slope 1 through the end knot, but the end slope is given", y0 + x - x0),
        (linear, slope * x), (linear, x0 + slope * (x - x0)), (linear, y0 + slope * x), (linear, slope * (x - x0)),
        ("a line with the slope of the other end", y0 + far * (x - x0)),
        ("a line with the inverse of the end slope", y0 + (x - x0) / slope),
        ("a line with the logarithm of the end slope", y0 + np.log(slope) * (x - x0)),
        ("the formula of the last bin, but beyond the knots it bends: use a straight line", y),
        ("a line with the mean slope of the last bin",
         y0 + np.where(tail < 0, (ys[1] - ys[0]) / (xs[1] - xs[0]), (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])) * (x - x0)),
        ("mirrored at the end knot: the map must increase", y0 - slope * (x - x0)),
    ]
    return [*[Guess(f"outside the knots it is {message}", np.where(tail == 0, y, value)) for message, value in tails],
            *added_tails(x, xs, ys, d), *[Guess(message, value) for message, value, _ in wrong_bins(x, xs, ys, d)]]


def wrong_log_slope(x: np.ndarray, xs: np.ndarray, ys: np.ndarray, d: np.ndarray, tail: np.ndarray,
                    expected: np.ndarray) -> list[Guess]:
    """Other logarithms of other slopes."""
    t, width, chord, left, right, _, bottom, top = spline(x, xs, ys, d)[2]

    def inside(value: np.ndarray) -> np.ndarray:
        return np.where(tail == 0, value, expected)

    log, inner = np.log, expected[tail == 0]
    messages = [
        ("the slope is meant for y → x: its sign is flipped", inside(-log(top) + 2 * log(bottom) - 2 * log(chord))),
        ("s² is missing in the numerator of the slope", inside(log(top) - 2 * log(bottom))),
        ("s stands where s² belongs in the numerator of the slope", inside(log(chord) + log(top) - 2 * log(bottom))),
        ("the square of the denominator is missing", inside(2 * log(chord) + log(top) - log(bottom))),
        ("this is dy/dξ: divide by the width of the bin, dξ/dx", inside(expected + log(width))),
        ("dy/dx is dy/dξ divided by the width, not multiplied", inside(expected + 2 * log(width))),
        ("it is divided by the width, which the formula has done already", inside(expected - log(width))),
        ("the slopes of the left and the right knot are swapped",
         inside(2 * log(chord) + log(left * t**2 + 2 * chord * t * (1 - t) + right * (1 - t) ** 2) - 2 * log(bottom))),
        ("the 2 in the numerator of the slope is missing", inside(2 * log(chord) + log(top - chord * t * (1 - t))
                                                                  - 2 * log(bottom))),
        ("this is the slope of a straight line in each bin", inside(log(chord))),
        *[("the bin is off by one: bin k lies between knots_x[k] and knots_x[k+1]", inside(spline(x, xs, ys, d, move, clamp)[1]))
          for move in (1, -1) for clamp in (False, True)],
        ("outside the knots it is zero, as for the identity: it is the logarithm of the end slope",
         np.where(tail == 0, expected, 0.0)),
        ("outside the knots the formula of the last bin goes on: it is the logarithm of the end slope",
         spline(x, xs, ys, d)[1]),
        ("outside the knots it is the slope: take its logarithm", np.where(tail == 0, expected, np.exp(expected))),
        ("outside the knots it is minus the logarithm of the end slope", np.where(tail == 0, expected, -expected)),
        ("outside the knots it is the logarithm of the other end's slope",
         np.where(tail == 0, expected, log(d[np.where(tail < 0, -1, 0)]))),
        ("this is the slope, its logarithm was asked for", np.exp(expected)),
        ("the map from y to x has this slope: its sign is flipped", -expected),
        ("it is summed over the batch: every x has its own", np.full(len(x), expected.sum())),
        *[(message, value) for message, _, value in wrong_bins(x, xs, ys, d)],
    ]
    return [Guess(message, value) for message, value in messages if len(inner) or "outside" in message or "slope," in message]
