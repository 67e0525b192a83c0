"""Is this sample any good? Chains against each other, a sample against another, a sample against a density."""

from course_lib.diagnostics.autocorrelation import autocorrelation
from course_lib.diagnostics.convergence import nested_rhat, rhat
from course_lib.diagnostics.effective_sample_size import ess_bulk, ess_mean, ess_quantile, ess_sd, ess_tail
from course_lib.diagnostics.energy import count_divergences, ebfmi
from course_lib.diagnostics.floor import Floor, iid_floor
from course_lib.diagnostics.standard_error import mcse_mean, mcse_quantile, mcse_sd
from course_lib.diagnostics.stein import squared_ksd, stein_kernel
from course_lib.diagnostics.summary import Summary, summary
from course_lib.diagnostics.two_sample import median_bandwidth, sliced_wasserstein, squared_mmd

__all__ = [
    "Floor", "Summary", "autocorrelation", "count_divergences", "ebfmi", "ess_bulk", "ess_mean", "ess_quantile", "ess_sd",
    "ess_tail", "iid_floor", "mcse_mean", "mcse_quantile", "mcse_sd", "median_bandwidth", "nested_rhat", "rhat",
    "sliced_wasserstein", "squared_ksd", "squared_mmd", "stein_kernel", "summary",
]
