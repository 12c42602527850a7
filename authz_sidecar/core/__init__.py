"""Values and the decision: no I/O, no clock, no framework. Owns every type that crosses rooms."""
