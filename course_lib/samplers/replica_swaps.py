"""Swaps of positions between neighbouring temperatures, and the round trips that come of them (arXiv:1905.02939).

Replica r has the density p_r = rho * (p / rho)^(b_r); with D = log p - log rho, exchanging x_r and x_(r+1) changes the
log-density of both by (b_r - b_(r+1)) * (D(x_(r+1)) - D(x_r)), and is accepted as by Metropolis.

A round trip is made by one walker that is at the cold end, gets to the hot end and comes back to the cold end. Does news
from the hot end arrive? Hundreds of swaps between neighbours are worth nothing without one.
"""

from typing import NamedTuple, Sequence

import torch
from torch import Tensor

from course_lib.samplers.metropolis import metropolis_test

NOT_YET, TO_HOT, TO_COLD = 0, 1, 2  # has not been at the cold end; is on its way to the hot end; is on its way back


class TemperingState(NamedTuple):
    """Row 0 of what has a row a replica is the one at p itself.

    position (chains, dim): that of row 0. replicas (replicas, chains, dim), log_ratio (replicas, chains): D there.
    num_steps, 0-dim: its parity says which pairs swap next. walker (replicas, chains): which of the starting replicas
    stands here; leg (replicas, chains) and round_trips (chains,): see `follow_round_trips`.
    swap_probability (replicas - 1, chains): the sum of the swap probabilities of each pair since `init`.
    """

    position: Tensor
    replicas: Tensor
    log_ratio: Tensor
    num_steps: Tensor
    walker: Tensor
    leg: Tensor
    round_trips: Tensor
    swap_probability: Tensor

    @property
    def swap_acceptance(self) -> Tensor:
        """(replicas - 1,): the mean swap probability of each pair, over its attempts in all chains."""
        pair = torch.arange(len(self.swap_probability), device=self.position.device)
        attempts = (self.num_steps + 1 - pair % 2) // 2  # even pairs begin
        return self.swap_probability.mean(1) / attempts.clamp(min=1)


def even_odd_swap(inverse_temperatures: Sequence[float], state: TemperingState,
                  log_u: Tensor) -> tuple[TemperingState, Tensor, Tensor]:
    """Swap the pairs (0, 1), (2, 3), ... after an even number of steps, and (1, 2), (3, 4), ... after an odd one.

    log_u: (replicas - 1, chains). Returns the state, and for each pair the probability and the decision (0 and False for
    those not in turn), each of the shape of log_u.
    """
    b = torch.tensor(inverse_temperatures, dtype=log_u.dtype, device=log_u.device)[:, None]
    probability, is_swapped = metropolis_test((b[:-1] - b[1:]) * (state.log_ratio[1:] - state.log_ratio[:-1]), log_u)
    in_turn = (torch.arange(len(log_u), device=log_u.device) % 2 == state.num_steps % 2)[:, None]
    probability, is_swapped = probability * in_turn, is_swapped & in_turn
    nobody = torch.zeros_like(is_swapped[:1], dtype=torch.int64)
    row = torch.arange(len(b), device=log_u.device)[:, None]
    source = row + torch.cat([is_swapped, nobody]) - torch.cat([nobody, is_swapped])  # where each row's walker comes from
    replicas = state.replicas.gather(0, source[..., None].expand_as(state.replicas))
    leg, round_trips = follow_round_trips(state.leg.gather(0, source), state.round_trips)
    state = TemperingState(replicas[0], replicas, state.log_ratio.gather(0, source), state.num_steps + 1,
                           state.walker.gather(0, source), leg, round_trips, state.swap_probability + probability)
    return state, probability, is_swapped


def follow_round_trips(leg: Tensor, round_trips: Tensor) -> tuple[Tensor, Tensor]:
    """After walkers have moved: leg (replicas, chains) of the walker at each temperature, cold end first; trips (chains,).

    At the cold end a walker on its way back has completed a trip, and whoever is there sets out for the hot end.
    At the hot end a walker on its way there turns back.
    """
    arrived = leg[0] == TO_COLD
    leg = leg.clone()
    leg[0] = TO_HOT
    leg[-1] = torch.where(leg[-1] == TO_HOT, TO_COLD, leg[-1])
    return leg, round_trips + arrived
