"""How tests that make up their own examples run: the same examples each time, nothing left on the disk, no clock."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "portal", deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("portal")
