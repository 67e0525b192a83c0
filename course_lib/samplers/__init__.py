"""Samplers of a density given by its log_prob: one algorithm a file, one loop for all of them."""

from course_lib.samplers.adaptation import WarmUp, warm_up
from course_lib.samplers.annealed_importance import annealed_importance_sampling
from course_lib.samplers.annealed_langevin import AnnealedRun, annealed_langevin, geometric_levels, tempered_score
from course_lib.samplers.conjugate_gaussian import NormalInverseGamma
from course_lib.samplers.gibbs import Gibbs
from course_lib.samplers.hamiltonian import HMC
from course_lib.samplers.importance import importance_sampling
from course_lib.samplers.independence_metropolis import IndependenceMetropolis
from course_lib.samplers.ising import Ising, checkerboard_updates, single_site_updates
from course_lib.samplers.kernel import Kernel
from course_lib.samplers.loop import Run, sample
from course_lib.samplers.mala import MALA
from course_lib.samplers.nuts import NUTS
from course_lib.samplers.parallel_tempering import ParallelTempering
from course_lib.samplers.psis import k_hat_limit, pareto_smooth
from course_lib.samplers.random_walk_metropolis import RandomWalkMetropolis
from course_lib.samplers.rejection import rejection_sampling
from course_lib.samplers.running import Moments, RunningMoments, Summary
from course_lib.samplers.sequential_monte_carlo import tempered_smc
from course_lib.samplers.sgld import SGLD, minibatch_log_prob, polynomial_decay
from course_lib.samplers.unadjusted_langevin import UnadjustedLangevin
from course_lib.samplers.weighted import Estimate, WeightedDraws, weigh

__all__ = [
    "annealed_importance_sampling", "Estimate", "importance_sampling", "k_hat_limit", "pareto_smooth", "rejection_sampling",
    "tempered_smc", "weigh", "WeightedDraws",
    "annealed_langevin", "AnnealedRun", "checkerboard_updates", "geometric_levels", "Gibbs", "HMC", "IndependenceMetropolis",
    "Ising", "Kernel", "MALA", "minibatch_log_prob", "Moments", "NormalInverseGamma", "NUTS", "ParallelTempering",
    "polynomial_decay", "RandomWalkMetropolis", "Run", "RunningMoments", "sample", "SGLD", "single_site_updates", "Summary",
    "tempered_score", "UnadjustedLangevin", "WarmUp", "warm_up",
]
