"""Muon (Jordan et al. 2024) in single precision: torch's own computes in bfloat16."""

from collections.abc import Iterable
from typing import Any

import torch

# The quintic of the reference implementation: fast to near 1, not to exactly 1.
QUINTIC = (3.4445, -4.7750, 2.0315)
ITERATIONS = 4
MOMENTUM = 0.95


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """The nearest orthogonal matrix, roughly, by Newton–Schulz."""
    a, b, c = QUINTIC
    tall = matrix.size(0) > matrix.size(1)
    values = matrix.T if tall else matrix
    values = values / (values.norm() + 1e-7)
    for _ in range(ITERATIONS):
        gram = values @ values.T
        values = a * values + (b * gram + c * gram @ gram) @ values
    flat: torch.Tensor = values.T if tall else values
    return flat


class Muon:
    """Orthogonal steps for matrices and convolutions, Adam for the rest (`vectors`)."""

    def __init__(
        self,
        matrices: Iterable[torch.nn.Parameter],
        vectors: Iterable[torch.nn.Parameter],
        *,
        rate: float,
        vector_rate: float,
        decay: float = 0.0,
    ) -> None:
        self._matrices = list(matrices)
        self._momenta = [torch.zeros_like(matrix) for matrix in self._matrices]
        self._adam = torch.optim.Adam(list(vectors), lr=vector_rate, betas=(0.9, 0.98))
        self._rate, self._vector_rate, self._decay = rate, vector_rate, decay

    @torch.no_grad()
    def step(self, share: float) -> None:
        """One step at this share of the rates; forgets the gradients."""
        for matrix, momentum in zip(self._matrices, self._momenta, strict=True):
            if matrix.grad is None:
                continue
            momentum.mul_(MOMENTUM).add_(matrix.grad)
            wanted = (matrix.grad + MOMENTUM * momentum).flatten(1)
            stretch = max(1.0, wanted.size(0) / wanted.size(1)) ** 0.5
            matrix.mul_(1 - self._rate * share * self._decay)
            matrix.sub_(orthogonal(wanted).view_as(matrix), alpha=self._rate * share * stretch)
            matrix.grad = None
        for group in self._adam.param_groups:
            group["lr"] = self._vector_rate * share
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Any]:
        """What a later run goes on from."""
        return {"momenta": self._momenta, "adam": self._adam.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        for mine, kept in zip(self._momenta, state["momenta"], strict=True):
            mine.copy_(kept)
        self._adam.load_state_dict(state["adam"])
