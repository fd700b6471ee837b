"""The HTTP face: the application's composition root, identity, health."""
