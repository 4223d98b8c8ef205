"""What we send and what we read, held against the services' contracts."""
