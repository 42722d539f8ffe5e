"""PyTorch beside Rockpool: takes requests as lines of JSON, one turn each.

Times are taken here, around calls that are warm; between requests this process
sleeps. Without torch it ends with status 3.
"""

import json
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit(3)

try:
    from torchvision.ops import roi_align, roi_pool
except ImportError:
    roi_align = roi_pool = None


class Lacking(Exception):
    """PyTorch has no such operator, or not on this machine."""


def channels_first(tensor, layout):
    """A channels-last tensor as PyTorch has it: other strides, same memory."""
    if layout == "NCHW" or tensor.dim() < 3:
        return tensor
    axes = tensor.dim() - 2
    return tensor.permute(0, axes + 1, *range(1, axes + 1))


def as_given(tensor, layout):
    if layout == "NCHW" or tensor.dim() < 3:
        return tensor.contiguous()
    axes = tensor.dim() - 2
    return tensor.permute(0, *range(2, axes + 2), 1).contiguous()


def by_axes(name, axes):
    return getattr(F, f"{name}{axes}d")


def windows_forward(case, place, inputs):
    op, axes = case["op"], len(case["shape"]) - 2
    size, stride, padding = place["kernelSize"], place["stride"], place["padding"]
    maximum = lambda x: by_axes("max_pool", axes)(x, size, stride, padding)
    pool = by_axes("avg_pool", axes)
    mean = lambda x: pool(x, size, stride, padding, count_include_pad=False)
    weighted = lambda w, x: mean(w * x) / mean(w)
    if op == "max":
        return lambda: maximum(inputs["x"])
    if op == "average":
        return lambda: mean(inputs["x"])
    if op == "power-average" and padding == 0 and axes < 3:
        norm = by_axes("lp_pool", axes)
        return lambda: norm(inputs["x"], 2.0, size, stride)
    if op == "soft":
        return lambda: weighted(torch.exp(inputs["x"]), inputs["x"])
    if op == "local-importance":
        return lambda: weighted(torch.exp(inputs["logit"]), inputs["x"])
    if op == "mixed":
        return lambda: 0.5 * maximum(inputs["x"]) + 0.5 * mean(inputs["x"])
    if op == "max-unpool":
        indices = inputs["indices"].long()
        unpool = by_axes("max_unpool", axes)
        return lambda: unpool(inputs["x"], indices, size, stride, padding)
    raise Lacking


def forward_of(case, inputs):
    """The operator of a case as a function without arguments."""
    op, place = case["op"], case["place"]
    axes = len(case["shape"]) - 2
    kind = place["kind"]
    if kind == "windows":
        return windows_forward(case, place, inputs)
    if kind == "adaptive" and op == "global-average":
        name = f"adaptive_{place['mode']}_pool"
        return lambda: by_axes(name, axes)(inputs["x"], place["outputSize"])
    if kind == "adaptive" and op == "generalized-mean" and place["outputSize"] == 1:
        power = torch.ones(1) * 3
        whole = inputs["x"].shape[2:]
        return lambda: by_axes("avg_pool", axes)(
            inputs["x"].clamp(min=1e-6).pow(power), whole
        ).pow(1.0 / power)
    if kind == "levels":
        pool = by_axes("adaptive_max_pool", axes)
        return lambda: torch.cat(
            [pool(inputs["x"], level).flatten(1) for level in place["levels"]], 1
        )
    if kind == "fractional":
        return lambda: F.fractional_max_pool2d(
            inputs["x"],
            place["kernelSize"],
            place["outputSize"],
            _random_samples=inputs["samples"],
        )
    if kind == "regions" and roi_pool is not None:
        size, scale = place["outputSize"], place["spatialScale"]
        if op == "roi":
            return lambda: roi_pool(inputs["x"], inputs["rois"], size, scale)
        if op == "roi-align":
            ratio = place["samplingRatio"] or -1
            return lambda: roi_align(
                inputs["x"], inputs["rois"], size, scale, ratio, aligned=True
            )
    raise Lacking


class Work:
    """A case with its inputs in place."""

    def __init__(self, case, tensors, dy, learns):
        self.layout = case["layout"]
        self.learns = []
        inputs = {}
        for name, tensor in tensors.items():
            of_planes = name in ("x", "logit", "indices")
            value = channels_first(tensor, self.layout) if of_planes else tensor
            if name in learns and case["direction"] == "train":
                value.requires_grad_()
                self.learns.append(value)
            inputs[name] = value
        self.dy = channels_first(dy, self.layout)
        self.forward = forward_of(case, inputs)

    def compute(self):
        if not self.learns:
            with torch.inference_mode():
                return [self.forward()]
        y = self.forward()
        return [y, *torch.autograd.grad(y, self.learns, self.dy)]

    def turn(self, warm, warm_for, calls):
        end = time.perf_counter() + warm_for / 1000
        count = 0
        while count < warm or time.perf_counter() < end:
            self.compute()
            count += 1
        start = time.perf_counter_ns()
        for _ in range(calls):
            self.compute()
        return (time.perf_counter_ns() - start) / calls / 1e6

    def write(self, prefix):
        results = [as_given(it.detach(), self.layout) for it in self.compute()]
        for index, result in enumerate(results):
            result.numpy().tofile(f"{prefix}{index}")
        return len(results)


def read(file):
    dtype = torch.int32 if file["dtype"] == "int32" else torch.float32
    with open(file["path"], "rb") as stream:
        data = bytearray(stream.read())
    return torch.frombuffer(data, dtype=dtype).clone().reshape(file["shape"])


def answer(request, state):
    what = request["do"]
    if what == "open":
        torch.set_num_threads(request["threads"])
        return {"version": torch.__version__}
    if what == "prepare":
        state["work"] = None
        tensors = {name: read(it) for name, it in request["inputs"].items()}
        try:
            state["work"] = Work(
                request["case"], tensors, read(request["dy"]), request["learns"]
            )
        except Lacking:
            return {"lacks": True}
        return {}
    if what == "results":
        return {"count": state["work"].write(request["prefix"])}
    if what == "turn":
        return {"ms": state["work"].turn(request["warm"], request["warmFor"], request["calls"])}
    raise ValueError(f"cannot do {what}")


state = {}
for line in sys.stdin:
    try:
        reply = answer(json.loads(line), state)
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
