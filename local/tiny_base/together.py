"""Several processes at one training, a core each (`torchrun`); alone it costs nothing."""

import os
from collections.abc import Iterable

import torch
from torch import distributed, nn


class Together:
    """This process among its like."""

    def __init__(self) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        if self.count > 1:
            distributed.init_process_group("gloo")

    def agree(self, value: float) -> float:
        """The first one's value."""
        if self.count == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(told, src=0)
        return float(told)

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """The mean of everybody's, in one message."""
        if self.count == 1:
            return
        gradients = [one.grad for one in parameters if one.grad is not None]
        message = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(message)
        message /= self.count
        parts = torch.split(message, [one.numel() for one in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
