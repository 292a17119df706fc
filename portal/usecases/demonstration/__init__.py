"""The demonstration: invented partners in every state, brought in through the same doors as real ones."""

from portal.usecases.demonstration.loading import is_demonstration, load_demonstration, renew_demonstration
from portal.usecases.demonstration.story import Doors, SignIn

__all__ = ["Doors", "SignIn", "is_demonstration", "load_demonstration", "renew_demonstration"]
