"""How thoroughly Hypothesis looks: quickly at home, thoroughly in CI, repeatably for mutants."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=100)
# A shared machine may be slow at any time, which is no fault of an example.
settings.register_profile(
    "ci", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("mutate", max_examples=100, deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "dev")
