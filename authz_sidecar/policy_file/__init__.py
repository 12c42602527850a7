"""The policy file: text -> a frozen policy, or every problem with its line. Pure."""

from authz_sidecar.policy_file.load import load_policy, review_policy

__all__ = ["load_policy", "review_policy"]
