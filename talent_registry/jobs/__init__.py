"""The room of what runs by itself beside the requests: thin calls into services."""
