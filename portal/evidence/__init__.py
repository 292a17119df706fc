"""The bytes of files given by strangers, kept by their hash outside anything that is served."""
