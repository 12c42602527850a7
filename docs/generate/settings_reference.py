"""docs/settings-reference.md: every key of the settings."""

from authz_sidecar.settings import SettingsModel
from docs.generate.keys import reference
from docs.generate.markdown import NOTE, WORDS
from docs.generate.settings_examples import EXAMPLES


def page() -> str:
    """The page."""
    return f"""# Settings reference

{NOTE}
`sidecar.yaml` says where the sidecar listens and how it asks Stytch. It is read once at start-up:
after a change, restart. [`config/sidecar.yaml`](../config/sidecar.yaml) has every key with its
default and a comment. Who may do what is in the policy ([reference](policy-reference.md)).

The secret of the Stytch project is in no key: it comes from `STYTCH_SECRET`, or from a file that
`stytch.secret_file` names. The project itself is `STYTCH_PROJECT_ID` or `stytch.project_id`. What
is given in two places at once is refused.

{WORDS}
* A *path* is that of a cookie, and *address and port* are `127.0.0.1:9000` or `[::1]:9000`.

## The keys

{reference(SettingsModel, EXAMPLES)}"""
