"""LoRAs on a denoiser: fresh ones to train, trained ones to use. Never fused: the weights would
drift with every exchange."""

import warnings
from typing import Any

import torch
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict

TRAINING_ADAPTER = "in_training"


class Adapting:
    """The part of a `Family` that deals with adapters."""

    denoiser: Any
    targets: list[str]

    def add_lora(self, rank: int) -> list[torch.nn.Parameter]:
        """See `Family`."""
        self.denoiser.add_adapter(_configuration(rank, self.targets), adapter_name=TRAINING_ADAPTER)
        parameters = [one for one in self.denoiser.parameters() if one.requires_grad]
        for parameter in parameters:
            # Small steps vanish in half precision.
            parameter.data = parameter.data.float()
        return parameters

    def lora_state(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """See `Family`."""
        weights = get_peft_model_state_dict(self.denoiser, adapter_name=TRAINING_ADAPTER)
        rank = self.denoiser.peft_config[TRAINING_ADAPTER].r
        kept = {
            name: tensor.detach().float().cpu().contiguous() for name, tensor in weights.items()
        }
        return kept, {"rank": rank, "alpha": rank, "targets": self.targets}

    def attach(
        self, name: str, weights: dict[str, torch.Tensor], configuration: dict[str, Any]
    ) -> None:
        """See `Family`."""
        adapter = _configuration(int(configuration["rank"]), list(configuration["targets"]))
        with warnings.catch_warnings():
            # peft warns that there are several adapters; that is what we want.
            warnings.filterwarnings("ignore", message="Already found a `peft_config`")
            self.denoiser.add_adapter(adapter, adapter_name=name)
        try:
            # peft lets weights be missing, which would sell the base model's style.
            if weights.keys() != get_peft_model_state_dict(self.denoiser, adapter_name=name).keys():
                raise ValueError("keys do not fit")
            set_peft_model_state_dict(self.denoiser, weights, adapter_name=name)
        except (RuntimeError, ValueError) as error:
            self.detach(name)
            raise ValueError("weights do not fit") from error
        self.denoiser.requires_grad_(False)
        self.denoiser.to(self.denoiser.dtype)

    def use(self, name: str) -> None:
        """See `Family`."""
        self.denoiser.set_adapters([name])

    def detach(self, name: str) -> None:
        """See `Family`."""
        with warnings.catch_warnings():
            # peft warns when the one in use goes; `use` names the next before any image.
            warnings.filterwarnings("ignore", message="Adapter .* was active")
            self.denoiser.delete_adapters(name)


def _configuration(rank: int, targets: list[str]) -> LoraConfig:
    return LoraConfig(r=rank, lora_alpha=rank, init_lora_weights="gaussian", target_modules=targets)
