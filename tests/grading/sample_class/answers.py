"""Answers that members of the sample class give: right in other words, wrong, and such that do not come back."""

WRONG_NORMALIZABLE = "def normalizable(coefficients):\n    return True"

DIFFERENT = {
    "log_partition": """
def log_partition(energies, cell_volume):
    energies = energies.double()
    lowest = energies.min(dim=-1, keepdim=True).values
    total = torch.zeros(energies.shape[:-1], dtype=torch.float64)
    for i in range(energies.shape[-1]):
        total = total + torch.exp(lowest[..., 0] - energies[..., i])
    return torch.log(total) - lowest[..., 0] + math.log(cell_volume)
""",
    "normalizable": """
def normalizable(coefficients):
    remaining = list(coefficients)
    while remaining and remaining[-1] == 0:
        remaining.pop()
    return torch.tensor(len(remaining) > 2 and len(remaining) % 2 == 1 and remaining[-1] > 0)
""",
    "natural_parameters": """
def natural_parameters(x):
    m1, m2 = x.double().mean(), (x.double() ** 2).mean()
    A = torch.tensor([[1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    return A @ torch.stack([m1 / (m1 * m1 - m2), 0.5 / (m2 - m1 * m1)])
""",
    "contrastive_loss": """
def contrastive_loss(energy, x_data, x_model):
    with torch.no_grad():
        fixed = x_model.clone()
    both = energy(torch.cat([x_data, fixed]))
    return both[:len(x_data)].sum() / len(x_data) - both[len(x_data):].sum() / len(fixed)
""",
    "conditional_gradient": """
def conditional_gradient(weights, x, y):
    gradient = torch.zeros_like(weights)
    for i in range(len(x)):
        scores = weights @ x[i]
        p = torch.exp(scores - torch.logsumexp(scores, 0))
        for k in range(len(weights)):
            gradient[k] += (p[k] - float(y[i] == k)) * x[i] / len(x)
    return gradient
""",
    "langevin_step": """
def langevin_step(energy, x, noise, step_size):
    new = torch.empty_like(x)
    for i, row in enumerate(x):
        point = row.clone().requires_grad_()
        energy(point[None])[0].backward()
        new[i] = row - step_size * point.grad + (2 * step_size) ** 0.5 * noise[i]
    return new
""",
    "persistent_step": """
def persistent_step(energy_gradient, kernel, theta, x_data, chains, noises):
    new = chains.clone()
    for t in range(len(noises)):
        new = kernel(theta, new, noises[t])
    n, m = len(x_data), len(new)
    both = energy_gradient(theta, torch.cat([x_data, new]))
    return [both[:n].sum(0) / n - both[n:].sum(0) / m, new]
""",
}

NUMPY = {
    "log_partition": """
import numpy as np
def log_partition(energies, cell_volume):
    u = energies.numpy()
    low = u.min(-1, keepdims=True)
    return np.log(np.exp(low - u).sum(-1)) - low[..., 0] + np.log(cell_volume)
""",
    "normalizable": """
def normalizable(coefficients):
    c = np.trim_zeros(np.array(coefficients), "b")
    return np.bool_(len(c) > 2 and len(c) % 2 == 1 and c[-1] > 0)
""",
    "natural_parameters": """
def natural_parameters(x):
    m, v = x.numpy().mean(), x.numpy().var()
    return [float(-m / v), float(1 / (2 * v))]
""",
}

NAIVE_LOG_PARTITION = """
def log_partition(energies, cell_volume):
    return torch.log(torch.exp(-energies).sum(-1) * cell_volume)
"""
NOT_DETACHED = """
def contrastive_loss(energy, x_data, x_model):
    return energy(x_data).mean() - energy(x_model).mean()
"""
HALF_THE_NOISE = """
def langevin_step(energy, x, noise, step_size):
    z = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(energy(z).sum(), z)
    return x - step_size * gradient + step_size ** 0.5 * noise
"""

ALWAYS_EQUAL = """
class AlwaysEqual(torch.Tensor):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __lt__(self, other): return True
    def __array__(self, *args, **kwargs): raise RuntimeError("no")
    @classmethod
    def __torch_function__(cls, *args, **kwargs): return True

class Anything:
    def __eq__(self, other): return True
    def __bool__(self): return True
    def __float__(self): return 1.0

def natural_parameters(x):
    return torch.zeros(2).as_subclass(AlwaysEqual)
"""
ANYTHING = "def normalizable(coefficients):\n    return Anything()"

LOOP = "def log_partition(energies, cell_volume):\n    while True:\n        pass"
EXIT = "import os\ndef natural_parameters(x):\n    os._exit(0)"
SEGFAULT = "import ctypes\ndef natural_parameters(x):\n    return ctypes.string_at(0)"
SYS_EXIT = "import sys\ndef natural_parameters(x):\n    sys.exit('enough')"

NOISY = """
import logging, os, sys, warnings
warnings.warn("a warning at top level")
print("to standard error", file=sys.stderr)
os.write(2, b"[W NNPACK.cpp:64] Could not initialize NNPACK!")
logging.error("an error in the log")
"""
NOISY_LOG_PARTITION = """
def log_partition(energies, cell_volume):
    warnings.warn("a warning in an answer")
    os.write(2, b"from C")
    print("progress", file=sys.stderr)
    return torch.logsumexp(-energies, dim=-1) + math.log(cell_volume)
"""
TRICKS = """
import ast
shell = get_ipython()
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
shell.ast_transformers.append(NoAsserts())
shell.set_custom_exc((Exception,), lambda *a, **k: None)
shell.showtraceback = None
shell.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
"""
FORGED_EVENTS = """
import json, os, sys
sys.displayhook(5)
get_ipython().displayhook(5)
for fd in range(3, 64):
    for when in ("early", "late", [], None):
        trial = {"name": "normalizable", "when": when}
        for line in ({"event": "question", **trial}, {"event": "cell", "cell": -1}, [], {"points": 2},
                     {"event": "outcome", "case": 0, "outcome": {}, **trial}, {"event": "answered", **trial}):
            try:
                os.write(fd, (json.dumps(line) + "\\n").encode() + b"\\xff\\xfe not json\\n")
            except OSError:
                pass
"""
DEFAULT_DTYPE = """
import random
import numpy as np
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(7)
np.random.seed(7)
"""
CHATTER = """
for _ in range(50):
    print("x" * 100_000)
from IPython.display import HTML, display
display(HTML("<b>" + "y" * 1_000_000 + "</b>"))
"""
SCRIPT = """# Notes <script>alert('markdown')</script>

<img src=x onerror="alert('image')"> <a href="javascript:alert('link')">link</a> [md](javascript:alert('md'))
<iframe src="https://example.org"></iframe> <svg onload="alert('svg')"></svg> ![i](x" onerror="alert('attr'))
$\\href{javascript:alert(1)}{x}$ <style>body{display:none}</style>"""
SCRIPT_OUTPUT = """
from IPython.display import HTML, Javascript, SVG
display(HTML("<script>alert('output')</script>"))
display(Javascript("alert('js output')"))
raise ValueError("<script>alert('error')</script>")
"""
