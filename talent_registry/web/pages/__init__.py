"""What people use in a browser: pages made on the server, over the same services as the API."""
