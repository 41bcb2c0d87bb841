"""Things to touch: one small Python class and one small JavaScript file each.

    from imgrec_lib import widgets

    widgets.ConvolutionStepper(image)

They need no network and no build step, and leave a still picture where nothing runs.
"""

from imgrec_lib.widgets.augmentation_explorer import AugmentationExplorer
from imgrec_lib.widgets.confusion_explorer import ConfusionExplorer
from imgrec_lib.widgets.convolution_stepper import ConvolutionStepper
from imgrec_lib.widgets.drawing_pad import DrawingPad
from imgrec_lib.widgets.feature_map_explorer import FeatureMapExplorer
from imgrec_lib.widgets.overfitting_playground import OverfittingPlayground
from imgrec_lib.widgets.pixel_inspector import PixelInspector
from imgrec_lib.widgets.training_monitor import TrainingMonitor
from imgrec_lib.widgets.your_photos import YourPhotos

__all__ = [
    "AugmentationExplorer",
    "ConfusionExplorer",
    "ConvolutionStepper",
    "DrawingPad",
    "FeatureMapExplorer",
    "OverfittingPlayground",
    "PixelInspector",
    "TrainingMonitor",
    "YourPhotos",
]
