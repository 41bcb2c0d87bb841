"""The upload button of imgrec_lib.images."""
from imgrec_lib.images.uploads import button

__all__ = ["button"]
