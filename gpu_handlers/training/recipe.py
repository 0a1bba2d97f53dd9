"""The knobs of a training, as benchmarks/fidelity chose them (docs/decisions/0026-recipe.md)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Rank and learning rate are the family's own."""

    weight_decay: float = 1e-3
    warmup: float = 0.05
    batch_size: int = 4
    caption_dropout: float = 0.1
    tag_dropout: float = 0.1
    gradient_norm_max: float = 1.0
    # Grows with the artworks, within what is worth waiting for.
    steps_per_artwork: int = 20
    steps_min: int = 240
    steps_max: int = 1200
    # The plan is measured against the deadline each so many steps, the first slow ones left out;
    # training may use this part of the deadline, samples and uploads the rest.
    timed_steps: int = 10
    untimed_steps: int = 2
    deadline_share: float = 0.8
    # Where samples are rendered and the held-out loss is measured, beside the end.
    sampled_at: tuple[float, ...] = (0.5,)

    def steps(self, artworks: int, cap: int = 0) -> int:
        """How many steps this many artworks get."""
        planned = min(self.steps_max, max(self.steps_min, artworks * self.steps_per_artwork))
        return min(planned, cap) if cap else planned
