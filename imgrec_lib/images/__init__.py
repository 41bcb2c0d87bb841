"""One photograph, from a file, a URL, an upload, bytes or an array, to an RGB matrix."""

from imgrec_lib.images.loading import load
from imgrec_lib.images.sources import ImageError
from imgrec_lib.images.uploads import button as upload_button
from imgrec_lib.images.uploads import uploaded

__all__ = ["ImageError", "load", "upload_button", "uploaded"]
