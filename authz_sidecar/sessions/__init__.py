"""Who is this? Asks Stytch, remembers what it said, and never confuses "no" with "cannot tell"."""
