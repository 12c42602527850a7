"""Levels: known factors, ages that can be met, and combinations that are worth their name."""

from collections.abc import Iterator

from authz_sidecar.core import factors
from authz_sidecar.core.factors import Category
from authz_sidecar.core.levels import Level
from authz_sidecar.located_yaml import Document, Path, Problem, instead, shown
from authz_sidecar.policy_file.compile_require import BUILT_IN_LEVELS, compile_level
from authz_sidecar.policy_file.schema import ElementModel, LevelModel, PolicyModel

MIN_MAX_AGE = 5.0
TOO_SHORT = "under 5s every page would ask again, in a loop; write `5s` or more"

_NAME = "any name, since it plays no part here"
_ACCEPT = "accept_insecure_combination"


def check_named_levels(model: PolicyModel, document: Document) -> Iterator[Problem]:
    """The problems with the named levels."""
    for name, level in model.levels.items():
        path: Path = ("levels", name)
        if name in BUILT_IN_LEVELS:
            message = f"the level {shown(name)} is built in; give this one another name"
            yield document.problem(path, message, at_key=True)
        yield from check_level(level, path, document)


def check_level(level: LevelModel, path: Path, document: Document) -> Iterator[Problem]:
    """The problems with one level.

    Args:
        level: the level, named or written in a rule.
        path: where it is.
        document: the file.
    """
    if (level.all_of is None) == (level.any_of is None):
        message = "a level has either `all_of` or `any_of`; write one of them"
        yield document.problem(path, message, at_key=True)
    slips = [*_check_elements(level, path, document)]
    yield from slips or _check_combination(level, path, document)


def _check_elements(level: LevelModel, path: Path, document: Document) -> Iterator[Problem]:
    for key, elements in (("all_of", level.all_of), ("any_of", level.any_of)):
        for index, element in enumerate(elements or ()):
            yield from _check_element(element, (*path, key, index), document)


def _check_element(element: ElementModel, path: Path, document: Document) -> Iterator[Problem]:
    if (element.factor is None) == (element.any_of is None):
        message = "an element has either `factor` or `any_of`; write one of them"
        yield document.problem(path, message)
    elif element.factor is not None:
        yield from _check_factor(element.factor, (*path, "factor"), document)
    else:
        for index, name in enumerate(element.any_of or ()):
            yield from _check_factor(name, (*path, "any_of", index), document)
    if element.max_age is not None and element.max_age < MIN_MAX_AGE:
        yield document.problem((*path, "max_age"), TOO_SHORT)


def _check_factor(name: str, path: Path, document: Document) -> Iterator[Problem]:
    if name not in factors.NAMES:
        hint = instead(name, factors.NAMES)
        yield document.problem(path, f"the factor {shown(name)} is unknown; {hint}")


def _check_combination(level: LevelModel, path: Path, document: Document) -> Iterator[Problem]:
    accepted = level.accept_insecure_combination
    insecure = insecure_combination(compile_level(_NAME, level))
    if insecure and not accepted:
        what = " and ".join(map(shown, insecure))
        how = "alone" if len(insecure) == 1 else "together"
        message = (
            f"{what} {how} would meet this level, which is no second factor: its elements must need"
            " two of the categories account (password, e-mail, oauth, sso), phone and device;"
            f" change it, or write `{_ACCEPT}: true`"
        )
        yield document.problem(path, message, at_key=True)
    if accepted and not insecure:
        message = "there is no insecure combination to accept; remove it"
        yield document.problem((*path, _ACCEPT), message, at_key=True)


def insecure_combination(level: Level) -> tuple[str, ...]:
    """Factors of fewer than two categories that meet an alternative of several elements.

    One factor that meets several elements is such a combination, too. Factors that only count
    where they are named add no category.

    Returns:
        The factors in the order of the elements, each once; empty if there are none.
    """
    for alternative in level.alternatives:
        if len(alternative) < 2:  # noqa: PLR2004 - a single factor claims to be nothing else
            continue
        for category in (Category.ACCOUNT, Category.PHONE, Category.DEVICE):
            alike = factors.names_in(category, Category.NAMED_ONLY)
            choices = [sorted(element.names & alike) for element in alternative]
            if all(choices):
                return _distinct(choices)
    return ()


def _distinct(choices: list[list[str]]) -> tuple[str, ...]:
    """One name of each choice, and not the same ones if that can be helped."""
    chosen: list[str] = []
    for names in choices:
        chosen.extend([name for name in names if name not in chosen][:1])
    return tuple(chosen)
