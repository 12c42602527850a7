"""The aiohttp shell: the decision listener, the admin listener, start and stop."""
