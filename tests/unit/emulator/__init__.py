"""The emulator's parts by themselves, where its contract does not reach."""
