"""Observers of decisions: metrics and the decision log. The only room that knows Prometheus."""
