"""When the mass matrix is estimated: windows that double in length, between two buffers for the step size alone (as in Stan).

    |-- first buffer --|-- w --|---- 2 w ----|-------- 4 w ... --------|-- last buffer --|

Early draws are still on their way to the target, so each window forgets what came before it.
"""

FIRST, WINDOW, LAST = 75, 25, 50  # steps; a short warm-up has 15 %, 75 % and 10 %


def mass_windows(num_steps: int) -> list[tuple[int, int]]:
    """(begin, end) of every window, in steps from 0, for a warm-up of num_steps >= 20; the last one takes what is left over."""
    first, window, last = FIRST, WINDOW, LAST
    if num_steps < FIRST + WINDOW + LAST:
        first, last = int(0.15 * num_steps), int(0.1 * num_steps)
        window = num_steps - first - last
    windows, begin, stop = [], first, num_steps - last
    while begin < stop:
        end = begin + window
        if end + 2 * window > stop:  # the next one would not fit
            end = stop
        windows.append((begin, end))
        begin, window = end, 2 * window
    return windows
