"""ExifTool for the tests: prints its folder, unpacked from Debian's packages if need be."""

import os
import shutil
from pathlib import Path

from local import debian

WRAPPER = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")/..
PERL5LIB=$here/usr/share/perl5 exec perl "$here/usr/bin/exiftool" "$@"
"""


def exiftool_folder(folder: Path) -> Path:
    """Where `exiftool` lies: installed, else unpacked into `folder`; raises Unavailable."""
    if found := shutil.which("exiftool"):
        return Path(found).parent
    tree = debian.unpack(folder, package="libimage-exiftool-perl", wanted=r"", then=_wrap)
    return tree / "bin"


def _wrap(tree: Path) -> None:
    wrapper = tree / "bin" / "exiftool"
    wrapper.parent.mkdir()
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)


if __name__ == "__main__":
    print(os.fspath(exiftool_folder(Path(__file__).parents[1] / ".local" / "exiftool")))
