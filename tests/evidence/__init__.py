"""The evidence store and the checks of what it takes."""
