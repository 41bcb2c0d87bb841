"""Parts of the recogniser's benchmark."""
