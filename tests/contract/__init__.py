"""The emulator's contract: Stytch's own SDK, sync and async, is the judge of its answers."""
