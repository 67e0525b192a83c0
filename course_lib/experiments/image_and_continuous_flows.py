"""The numbers of the lecture on flows for images and on continuous flows, in one list for `course reproduce`."""

import torch

from course_lib.experiments import continuous_flows, flows_on_digits


def table(short: bool = False, seed: int = 0,
          device: str | torch.device = "cpu") -> list[flows_on_digits.DigitsRow | continuous_flows.Row]:
    """The bounds on the digits, then the continuous flows' gaps; `short` trains a little, to see that everything runs."""
    return [*flows_on_digits.digits_table(short, seed, device), *continuous_flows.continuous_table(short, seed, device)]
