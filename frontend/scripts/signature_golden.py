"""What the workers' own rule makes of three pictures, for the web app's test of its preview.

python -m frontend.scripts.signature_golden    from the repository's root
"""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image

from gpu_handlers.common.signature import stamp

SIDE = 200
# As large as the rule makes it on this side, so that nothing is scaled.
WIDTH, HEIGHT = 44, 20
CORNER = 72
OUT = Path(__file__).parents[1] / "src" / "features" / "accounts" / "signature.golden.json"


def main() -> None:
    """Write the pictures' corners beside the test that reads them."""
    across, down = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    waves = 10 + 8 * np.sin(across / 4)
    strokes = np.where(np.abs(down - waves) < 2, 255, 0).astype(np.uint8)
    strokes[0, 0] = strokes[-1, -1] = 255
    signature = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    signature[..., 3] = strokes
    grounds = {"light": (240, 226, 200), "dark": (24, 28, 60), "edge": (150, 138, 120)}
    stamped = {
        name: stamp(Image.new("RGB", (SIDE, SIDE), colour), Image.fromarray(signature, "RGBA"))
        for name, colour in grounds.items()
    }
    OUT.write_text(
        json.dumps(
            {
                "side": SIDE,
                "corner": CORNER,
                "strokes": {
                    "width": WIDTH,
                    "height": HEIGHT,
                    "alpha": base64.b64encode(strokes.tobytes()).decode(),
                },
                "pictures": {
                    name: {
                        "colour": grounds[name],
                        "box": one.box,
                        "rgb": base64.b64encode(
                            one.image.crop((SIDE - CORNER, SIDE - CORNER, SIDE, SIDE)).tobytes()
                        ).decode(),
                    }
                    for name, one in stamped.items()
                },
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
