"""Things to touch: one small Python class and one small JavaScript file each.

    from imgrec_lib import widgets

    widgets.ConvolutionStepper(image)

They need no network and no build step, and leave a still picture where nothing runs.
"""

from imgrec_lib.widgets.augmentation_explorer import AugmentationExplorer
from imgrec_lib.widgets.convolution_stepper import ConvolutionStepper
from imgrec_lib.widgets.drawing_pad import DrawingPad

__all__ = ["AugmentationExplorer", "ConvolutionStepper", "DrawingPad"]
