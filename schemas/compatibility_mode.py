"""What a changed event definition must keep: the words for it, as schema registries use them.

Apart from what they are held to, so that settings and the command line need load nothing else.
"""

from typing import Literal, get_args

Mode = Literal["FULL", "BACKWARD", "FORWARD", "NONE"]
"""``BACKWARD``: what the old definition allowed is still accepted. ``FORWARD``: who reads Avro by the old definition
can read what is written by the new one. ``FULL``: both. ``NONE``: anything goes."""

MODES: tuple[Mode, ...] = get_args(Mode)
