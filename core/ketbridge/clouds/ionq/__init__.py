"""IonQ Cloud Platform API v0.4."""
