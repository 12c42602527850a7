"""Writes what the code knows best: pages of docs/, and the JSON Schemas in config/."""
