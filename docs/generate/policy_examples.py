"""An example for each key of the policy. Tests put each into a small policy and load it."""

_RULE = "upstreams[].rules[]"

EXAMPLES = {
    "version": "version: 1 # the only one yet",
    "login_url": "login_url: https://auth.example.com/login",
    "step_up_url": "step_up_url: https://auth.example.com/step-up",
    "levels": """\
levels:
  payments:
    all_of: [password, {any_of: [sms_otp, totp, passkey], max_age: 5m}]""",
    "levels.NAME.all_of": "all_of: [password, totp]",
    "levels.NAME.all_of[].factor": """\
factor: passkey
max_age: 15m""",
    "levels.NAME.all_of[].any_of": "any_of: [sms_otp, totp, passkey]",
    "levels.NAME.all_of[].max_age": "max_age: 5m",
    "levels.NAME.any_of": "any_of: [passkey, {factor: totp, max_age: 1h}]",
    "levels.NAME.accept_insecure_combination": """\
all_of: [password, email_otp]
accept_insecure_combination: true""",
    "networks": """\
networks:
  office: [192.0.2.0/24, '2001:db8::/32']
  monitoring: [198.51.100.7]""",
    "defaults": """\
defaults:
  verified_within: 30s""",
    "defaults.verified_within": "verified_within: {token: 30s, jwt: 2m}",
    "defaults.verified_within.token": "token: 30s",
    "defaults.verified_within.jwt": "jwt: 5m",
    "defaults.on_unavailable": "on_unavailable: {allow_known_for: 2m}",
    "defaults.on_unavailable.allow_known_for": "allow_known_for: 2m",
    "upstreams": """\
upstreams:
  - id: shop
    hosts: [shop.example.com]
    rules:
      - id: everything
        require: one_factor""",
    "upstreams[].id": "id: shop",
    "upstreams[].hosts": "hosts: [shop.example.com, '*.shop.example.com', 'x-*.example.com']",
    "upstreams[].origin": "origin: https://shop.example.com",
    "upstreams[].login_url": "login_url: https://login.example.net/",
    "upstreams[].step_up_url": "step_up_url: https://login.example.net/more",
    "upstreams[].bearer": "bearer: true",
    "upstreams[].allow_path_parameters": "allow_path_parameters: true",
    "upstreams[].allow_encoded_slash": "allow_encoded_slash: true",
    "upstreams[].ignore_case": "ignore_case: true",
    "upstreams[].rules": """\
rules:
  - id: admin
    match: {paths: [/admin/**]}
    require: two_factor
  - id: rest
    require: one_factor""",
    f"{_RULE}.id": "id: admin",
    f"{_RULE}.match": "match: {paths: [/admin/**], methods: [GET]}",
    f"{_RULE}.match.paths": "paths: [/, /admin/**, /orders/*/items, '/img/*.png']",
    f"{_RULE}.match.methods": "methods: [GET, POST]",
    f"{_RULE}.match.networks": "networks: [office, 198.51.100.7]",
    f"{_RULE}.match.cors_preflight": "cors_preflight: true",
    f"{_RULE}.access": "access: public",
    f"{_RULE}.require": "require: {level: two_factor, max_age: 10m, roles: [admin]}",
    f"{_RULE}.require.level": "level: two_factor",
    f"{_RULE}.require.factors": "factors: {all_of: [{any_of: [password, sso]}, passkey]}",
    f"{_RULE}.require.max_age": "max_age: 10m",
    f"{_RULE}.require.networks": "networks: [office]",
    f"{_RULE}.require.organizations": "organizations: [acme]",
    f"{_RULE}.require.users": "users: [user-live-11111111-2222-3333-4444-555555555555]",
    f"{_RULE}.require.roles": "roles: [admin, owner]",
    f"{_RULE}.require.roles.all_of": "all_of: [staff, accounting]",
    f"{_RULE}.require.emails": "emails: [ann@example.com, '*@example.org']",
    f"{_RULE}.require.claims": "claims: {plan: [gold, platinum], beta: true}",
    f"{_RULE}.require.any_of": "any_of: [{level: one_factor, roles: [staff]}, two_factor]",
    f"{_RULE}.require.verified_within": "verified_within: 0s",
    f"{_RULE}.require.on_unavailable": "on_unavailable: {allow_known_for: 5m}",
    f"{_RULE}.require.allow_impersonation": """\
level: one_factor
allow_impersonation: true""",
    f"{_RULE}.response": "response: api",
}
