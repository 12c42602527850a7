"""The rules of the policy language in prose."""

from docs.generate.markdown import table

LANGUAGE = """## How a request is decided

1. **The host picks the upstream.** An exact name comes before a pattern, a longer pattern before a
   shorter one, and `*` before `**`. No upstream has the host: 403 `unknown_host`.
2. **The first rule that matches decides**, in the order of the file, so what is stricter comes
   first. A rule matches if each criterion of its `match` holds, by any of its values; without
   `match` it takes everything. No rule matches: 403 `no_rule`. What nobody has allowed is denied.
3. **`access` or `require` says how.** `public` lets everybody pass, `deny` nobody, `optional`
   everybody, and the application is told who it is where that is known. Under `require`, all that
   is written must hold.

What only selects stands in `match`, what must hold stands in `require`. A request from another
network falls past `match: {networks: [office]}` to the next rule; under
`require: {networks: [office]}` it is denied. Where a list is written, any one of its values is
enough; only `{all_of: [...]}` wants each.

[The decision table](decision-table.md) has every outcome, in the order in which they are looked
for.

### Patterns

They are written decoded, and are no regular expressions.

* `*` is a whole label or segment, or stands once inside one, as in `x-*.example.com` or
  `/img/*.png`. It is one or more characters, and never crosses a dot or a slash.
* `**` is one or more labels at the start of a host, or everything below at the end of a path.
  `/x/**` covers `/x`, `/x/` and all below; `*.example.com` and `**.example.com` do not cover
  `example.com`.
* `/x` and `/x/` are two paths. `%2A` is a star that is meant.
* `'**'` alone as a host is any host that no other upstream has; nothing in it can be public.
* YAML wants single quotes around a text that begins with a star: `'*.example.com'`.

A request whose path can be read in two ways (dot segments, `//`, an encoded slash, doubled
escapes) is refused before any rule sees it. An upstream may allow some of that, if its service
reads it so.

### Levels and factors

A level says what is demanded of the [factors](factors.md) that a session holds.

* `one_factor` is any factor: a living session. Factors that are "named only" do not count.
* `two_factor` is two factors of **two categories** out of account, phone and device. A password
  and an e-mail code are one category, since the inbox resets the password.
* A level of your own, under `levels` or in a rule's `factors`, is `all_of` or `any_of` some
  elements. An element is a factor, or several of which one will do, and may have a `max_age`. Two
  or more elements that factors of one category could meet are an error, since that is no second
  factor; `accept_insecure_combination: true` overrides it.

### Ages

Two ages are easily confused:

* **`max_age`** is how long ago a *person* proved a factor, not how long ago they logged in: too
  old leads to the step-up page. Under a `one_factor` rule some factor must be that fresh; under
  `two_factor` one of phone or device; under a level of your own each element that offers a phone
  or device factor, or every element if none does. Where the level has an age as well, the smaller
  one counts. Under five seconds is refused, since every page would ask again.
* **`verified_within`** is how old *our knowledge* of the session may be, and so how long a session
  that was revoked still passes. `0s` asks Stytch at every request. It leads to no page, only to a
  question to Stytch. It is one duration for both, or one for session tokens and one for session
  JWTs.

No challenge and no denial for what the session lacks rests on old knowledge: Stytch is asked once
more before.

### Alternatives

`require: {any_of: [...]}` lists requirements of which one must be met, such as staff with one
factor and everybody else with two. They are one level deep; `verified_within`, `on_unavailable`
and `allow_impersonation` stand beside `any_of` and hold for all. If none is met, the one that got
furthest says what is missing, the first of them on a tie.

### YAML

A small part of it: no anchors, aliases, merge keys or tags, no key twice, no empty values. Nothing
turns into something else: `no` is a text, and an age without a unit is an error. Only the values
of `claims` can be numbers and truth values, and there quotes make a text of them. Editors take
`true`, `null` and `~` for no text, so that they want quotes for a role of that name.
"""

_WARNINGS = (
    (
        "a request gets past a stricter rule to a weaker one",
        "by another method, network, trailing slash, or as no preflight",
    ),
    ("a rule or a path is never reached", "earlier rules take all of it"),
    ("no rule takes the rest of an upstream", "end with one, `access: deny` if that is meant"),
    ("an upstream is never reached", "others have all of its hosts by more exact patterns"),
    ("a pattern leaves out the name behind it", "`*.example.com` without `example.com`"),
    (
        "a public `/x/**` for every method",
        "`POST /x` is open, too; write `methods: [GET]`",
    ),
    ("`methods: [OPTIONS]` is open", "`cors_preflight: true` opens only what browsers ask"),
    ("a preflight must log in", "browsers send no session with it"),
    ("a level or network that no rule uses", "a slip of the pen, or something forgotten"),
    ("a network that is nearly a private one", "`10.0.0.0/9`, or one that reaches beyond it"),
    ("a `max_age` under 30s", "hardly anybody is back from the page in time"),
    ("a page without https", "anybody on the way can read or change it"),
    ("rules on networks, and no `client_ip` in the settings", "only `serve` can tell"),
)

CHECKED = f"""## What `check` warns of

A policy can be good and still hardly meant. For such a policy `authz-sidecar check` prints
warnings, with an example request where there is one; they are no errors unless `--strict` is
given, and `serve` logs them.

{table(("warning", "because"), _WARNINGS)}"""

_OTHERS = (
    ("Authelia", "`policy: bypass`, `deny`", "`access: public`, `access: deny`"),
    ("Authelia", "`policy: one_factor`, `two_factor`", "`require: one_factor`, `two_factor`"),
    ("Authelia", "`default_policy`", "a last rule in each upstream, or one with the host `'**'`"),
    ("Authelia", "`resources: ['^/admin.*$']`", "`match: {paths: [/admin/**]}`"),
    ("Authelia", "`subject: group:admins`", "`require: {level: two_factor, roles: [admins]}`"),
    ("Authelia", "`networks`", "under `match` to select, under `require` to demand"),
    ("Authelia", "`query`, `{user}` in `domain`", "nothing; see above"),
    ("oauth2-proxy", "`skip_auth_routes: [GET=^/healthz$]`", "a rule with `access: public`"),
    ("oauth2-proxy", "`METHOD!=path`", "a rule for that method, before the one for the rest"),
    ("oauth2-proxy", "`skip_auth_preflight`", "`match: {cors_preflight: true}`"),
    (
        "oauth2-proxy",
        "`email_domains`",
        "`require: {level: one_factor, emails: ['*@example.com']}`",
    ),
    ("oauth2-proxy", "`allowed_groups`", "`require: {level: one_factor, roles: [...]}`"),
    ("oauth2-proxy", "`api_routes`", "`response: api`"),
    ("oauth2-proxy", "`skip_jwt_bearer_tokens`", "`bearer: true`"),
    ("oauth2-proxy", "`trusted_ips`", "`match: {networks: [...]}` with `access: public`"),
)

LEFT_OUT = f"""## What is not in the language

On purpose, for whoever comes from another forward-auth server and looks for it:

* **The query.** Whoever asks writes it, and applications disagree about repeated, encoded and
  empty parameters. A rule that looks at it is passed by writing it differently. Protect the path.
* **Regular expressions.** An anchor forgotten or a dot not escaped opens a site, and nothing can
  tell in general which of two expressions is the narrower one. Of patterns that can be told, which
  is why `check` finds what gets past a rule.
* **Rules that are selected by user, role or group.** Who is not an admin would miss the admin's
  rule and fall to a weaker one below it. So who asks never selects a rule: it stands in `require`,
  where a "no" is a 403. For "staff with one factor, everybody else with two" there is `any_of`.
* **Placeholders for the user** in a host or path (`/home/{{user}}`). Names are not made for that:
  two can differ by case only, or have a slash in them. The application gets `X-Authz-User`, and
  compares.
* **Negation.** "Everything except" grows by whatever is added later. Write the exception as a rule
  of its own, before.

What others write, and what to write here:

{table(("from", "written there", "here"), _OTHERS)}"""
