"""A standalone authorization sidecar for Stytch: forward-auth with MFA and step-up."""
