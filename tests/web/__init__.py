"""The portal as a browser and a stranger see it."""
