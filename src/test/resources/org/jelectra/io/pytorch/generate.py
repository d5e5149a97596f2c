"""Writes the test files of this folder with PyTorch (made with 1.13): python3 generate.py"""

import os
import pickle
from collections import OrderedDict

import torch

FOLDER = os.path.dirname(os.path.abspath(__file__))


def numbers(count, dtype):
    """0, 1, 2, ... minus 3, halved where the type has fractions: exact in every type."""
    values = torch.arange(count, dtype=torch.float64) - 3
    return (values / 2).to(dtype) if dtype.is_floating_point else values.abs().to(dtype)


def types():
    state = OrderedDict()
    state["float64"] = numbers(7, torch.float64)
    state["float32"] = numbers(6, torch.float32).reshape(2, 3)
    state["float16"] = numbers(5, torch.float16)
    state["bfloat16"] = numbers(9, torch.bfloat16).reshape(3, 1, 3)
    state["int64"] = numbers(4, torch.int64).reshape(1, 4)
    state["int32"] = numbers(3, torch.int32)
    state["int16"] = numbers(3, torch.int16)
    state["int8"] = numbers(3, torch.int8)
    state["uint8"] = numbers(3, torch.uint8)
    state["bool"] = numbers(3, torch.bool)
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 3)
    state["parameter"] = torch.nn.Parameter(numbers(4, torch.float32))
    return state


def views():
    """All views of one storage of 24 numbers, besides a module's own state dict with its attributes."""
    base = numbers(24, torch.float32).reshape(4, 6)
    layer = torch.nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 2.0]]))
        layer.bias.copy_(torch.tensor([3.0]))
    state = layer.state_dict()  # an OrderedDict with the attribute _metadata
    state["whole"] = base
    state["tied"] = base
    state["transposed"] = base.t()
    state["rows"] = base[1:3]
    state["columns"] = base[:, 2:5]
    state["steps"] = base[::2, 1::3]
    state["expanded"] = base[0, :1].expand(1)
    return state


class Evil:
    def __reduce__(self):
        return os.system, ("touch executed-by-mistake",)


def save(value, name):
    torch.save(value, os.path.join(FOLDER, name + "-zip.bin"))
    torch.save(value, os.path.join(FOLDER, name + "-legacy.bin"), _use_new_zipfile_serialization=False)


save(types(), "types")
save(views(), "views")
save({"weight": Evil()}, "system")
save({"weight": torch.zeros(2), "epoch": 3}, "epoch")
save({"state_dict": types()}, "nested")
save(torch.nn.Linear(2, 1), "module")
save(torch.zeros(3), "tensor")
save({"weight": torch.zeros(3).expand(5, 3)}, "expanded")
with open(os.path.join(FOLDER, "pickle.bin"), "wb") as file:
    pickle.dump({"weight": 1}, file, protocol=2)
