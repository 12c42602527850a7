"""docs/policy-reference.md: the rules of the language, and every key of the policy."""

from authz_sidecar.policy_file.schema import PolicyModel
from docs.generate.keys import reference
from docs.generate.markdown import NOTE, WORDS
from docs.generate.policy_examples import EXAMPLES
from docs.generate.policy_language import CHECKED, LANGUAGE, LEFT_OUT


def page() -> str:
    """The page."""
    return f"""# Policy reference

{NOTE}
Who may do what. [`config/policy.yaml`](../config/policy.yaml) is a policy to copy, and
[`config/policies/`](../config/policies) has one for each way to use it. `authz-sidecar check` says
what is wrong with a policy, and `authz-sidecar schema policy` prints its JSON Schema for editors.

1. [How a request is decided](#how-a-request-is-decided)
2. [What `check` warns of](#what-check-warns-of)
3. [What is not in the language](#what-is-not-in-the-language)
4. [The keys](#the-keys)

{LANGUAGE}
{CHECKED}
{LEFT_OUT}
## The keys

{WORDS}
* A *host pattern* and a *path pattern* are as said [above](#patterns), a *factor* is a name from
  [the table](factors.md).
* `[]` in a path stands for each item of a list, `NAME` for a name that you choose.

{reference(PolicyModel, EXAMPLES)}"""
