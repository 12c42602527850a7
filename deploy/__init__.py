"""The proxies' configuration files, and the demo that starts them."""
