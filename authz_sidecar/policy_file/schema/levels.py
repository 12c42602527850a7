"""Levels: what they demand of the factors that a session holds."""

from typing import Annotated

from authz_sidecar.core import factors
from authz_sidecar.located_yaml import (
    NON_EMPTY,
    Duration,
    Flag,
    Model,
    exactly_one,
    read_text,
    scalar,
)
from authz_sidecar.policy_file.schema.spelling import short_for

Factor = Annotated[str, scalar(read_text, {"title": "factor", "enum": sorted(factors.NAMES)})]
Factors = Annotated[tuple[Factor, ...], NON_EMPTY]


class ElementModel(Model):
    """One element of a level. A factor's name alone is short for `{factor: NAME}`."""

    model_config = exactly_one("factor", "any_of")

    factor: Factor | None = None
    """The factor that meets this element."""
    any_of: Factors | None = None
    """The factors of which any one meets this element; instead of `factor`."""
    max_age: Duration | None = None
    """How long ago the factor may have been proven; at any time if absent. At least 5s."""

    @property
    def names(self) -> tuple[str, ...]:
        """The factors that meet this element."""
        return self.any_of or ((self.factor,) if self.factor else ())


Elements = Annotated[tuple[Annotated[ElementModel, short_for("factor")], ...], NON_EMPTY]


class LevelModel(Model):
    """What is demanded of factors: all of the elements, or any one of them."""

    model_config = exactly_one("all_of", "any_of")

    all_of: Elements | None = None
    """Elements that must all be met."""
    any_of: Elements | None = None
    """Elements of which one must be met; instead of `all_of`."""
    accept_insecure_combination: Flag = False
    """Accepts that factors of one category alone meet the level, such as two of one inbox."""
