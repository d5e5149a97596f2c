"""Writes the classifier of the golden files as PyTorch saves it (made with 1.13): python3 generate.py"""

import json
import os
import struct

import torch

FOLDER = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(FOLDER, "..", "..", "..", "golden", "finetune_cls.safetensors")


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    for name, entry in header.items():
        if name.startswith("param."):
            begin, end = entry["data_offsets"]
            dtype = {"F32": torch.float32, "I64": torch.int64}[entry["dtype"]]
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=dtype)
            yield name[len("param."):], values.reshape(entry["shape"])


def legacy_name(name):
    """The names of TensorFlow, which the first models kept."""
    if "LayerNorm" in name:
        return name.replace("weight", "gamma").replace("bias", "beta")
    return name


state = dict(read(GOLDEN))
torch.save(
    {legacy_name(name): value for name, value in state.items()},
    os.path.join(FOLDER, "float32-legacy.bin"),
    _use_new_zipfile_serialization=False,
)
for name, dtype in [("float16", torch.float16), ("bfloat16", torch.bfloat16)]:
    torch.save(
        {key: value.to(dtype) if value.is_floating_point() else value for key, value in state.items()},
        os.path.join(FOLDER, name + "-zip.bin"),
    )
