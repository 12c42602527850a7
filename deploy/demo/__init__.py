"""What the demo needs beside the product."""
